#include <array>
#include <cstring>

#include <arpa/inet.h>

#include "ccnproxy/http/characters.h"
#include "ccnproxy/http/field_rules.h"

namespace ccnproxy::http {
namespace {

bool is_ipv6_address(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.empty() || text.size() >= terminated.size()) return false;
  if (text.find('\0') != std::string_view::npos) return false;  // where inet_pton would stop
  std::memcpy(terminated.data(), text.data(), text.size());
  in6_addr address;
  return inet_pton(AF_INET6, terminated.data(), &address) == 1;
}

bool is_registered_name(std::string_view text) noexcept {
  return !text.empty() && all(host_char, text);
}

// *DIGIT (RFC 3986 §3.2.3): an empty port is the default one.
bool is_port(std::string_view text) noexcept {
  unsigned port = 0;
  for (const char c : text) {
    if (!is(digit_char, c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return false;
  }
  return true;
}

bool is_optional_port(std::string_view text) noexcept {
  return text.empty() || (text.front() == ':' && is_port(text.substr(1)));
}

bool is_name_with_port(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  if (!is_registered_name(text.substr(0, colon))) return false;
  return colon == std::string_view::npos || is_port(text.substr(colon + 1));
}

// `[` is gone already.
bool is_literal_with_port(std::string_view text) noexcept {
  const std::size_t bracket = text.find(']');
  if (bracket == std::string_view::npos || !is_ipv6_address(text.substr(0, bracket))) return false;
  const std::string_view rest = text.substr(bracket + 1);
  if (!rest.empty() && rest.front() == '.') return is_name_with_port(rest.substr(1));
  return is_optional_port(rest);
}

}  // namespace

bool is_valid_host(std::string_view host) noexcept {
  if (host.empty()) return false;
  return host.front() == '[' ? is_literal_with_port(host.substr(1)) : is_name_with_port(host);
}

}  // namespace ccnproxy::http
