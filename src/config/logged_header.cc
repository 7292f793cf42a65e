#include "ccnproxy/config/logged_header.h"

#include <algorithm>
#include <array>

namespace ccnproxy::config {
namespace {

/// Parts of names whose values are credentials. X-Cache-Key and Idempotency-Key are none.
constexpr std::array<std::string_view, 20> secret_parts = {
    "access-key", "api-key",    "apikey",      "assertion",        "auth-key",
    "authori",    "cookie",     "credential",  "customer-key",     "dpop",
    "jwt",        "passphrase", "passwd",      "password",         "private-key",
    "secret",     "session-id", "signing-key", "subscription-key", "token"};
/// Names that are no part of any other.
constexpr std::array<std::string_view, 6> secret_names = {
    "authentication-info",     "proxy-authentication-info", "x-auth",
    "x-forwarded-client-cert", "x-functions-key",           "x-session"};
constexpr std::array<std::string_view, 3> with_urls = {"content-location", "location", "referer"};

bool is_secret(std::string_view name) {
  const auto has = [&](std::string_view part) { return name.find(part) != name.npos; };
  return std::any_of(secret_parts.begin(), secret_parts.end(), has) ||
         std::find(secret_names.begin(), secret_names.end(), name) != secret_names.end();
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

LoggedHeader logged_header(std::string_view name) {
  LoggedHeader header{std::string(name), LoggedValue::whole};
  std::transform(name.begin(), name.end(), header.name.begin(), lower);
  if (std::find(with_urls.begin(), with_urls.end(), header.name) != with_urls.end())
    header.value = LoggedValue::without_query;
  if (is_secret(header.name)) header.value = LoggedValue::masked;
  return header;
}

}  // namespace ccnproxy::config
