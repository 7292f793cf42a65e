#include "ccnproxy/proxy/connection_login.h"

#include <algorithm>
#include <array>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/list.h"

namespace ccnproxy::proxy {
namespace {

/// Kerberos and CredSSP are WinRM's names for the same exchange, Nego2 is IIS's.
constexpr std::array<std::string_view, 5> schemes = {"ntlm", "negotiate", "kerberos", "nego2",
                                                     "credssp"};

/// What ends a scheme is a space (RFC 9110 §11.4); an origin may take other things for one.
constexpr std::string_view ends_scheme = " \t,;:=";

}  // namespace

bool logs_connection_in(std::string_view credentials) noexcept {
  credentials = http::trim(credentials);
  const auto scheme = credentials.substr(0, credentials.find_first_of(ends_scheme));
  return std::any_of(schemes.begin(), schemes.end(),
                     [scheme](auto known) { return http::iequals(known, scheme); });
}

/// A token that follows a scheme; challenges are members of a list (RFC 9110 §11.6.1).
bool continues_login(std::string_view challenges) noexcept {
  for (std::string_view member; http::next_member(challenges, member);) {
    const auto space = member.find_first_of(" \t");
    if (space != member.npos && logs_connection_in(member)) return true;
  }
  return false;
}

bool is_login_step(const http::ResponseHead& head) noexcept {
  return head.status == 401 &&
         std::any_of(head.fields.begin(), head.fields.end(), [](const http::Field& field) {
           return http::iequals(field.name, "www-authenticate") && continues_login(field.value);
         });
}

}  // namespace ccnproxy::proxy
