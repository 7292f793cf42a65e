#include "ccnproxy/net/ip_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <functional>

#include <arpa/inet.h>
#include <net/if.h>

namespace ccnproxy {
namespace {

/// A copy with a final NUL on the stack, for the C functions that need one.
template <std::size_t Size>
struct Terminated {
  explicit Terminated(std::string_view text) noexcept : fits(text.size() < Size) {
    if (fits) std::copy(text.begin(), text.end(), chars.begin());
    // What C would read as the end must not hide the rest.
    fits = fits && text.find('\0') == std::string_view::npos;
  }
  std::array<char, Size> chars{};
  bool fits;
};

template <class Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The number of an interface, given as itself or by name; 0 is no interface.
std::uint32_t parse_scope(std::string_view text) noexcept {
  if (const auto number = parse_number<std::uint32_t>(text)) return *number;
  const Terminated<IF_NAMESIZE> name(text);
  return name.fits ? ::if_nametoindex(name.chars.data()) : 0;
}

bool parse_v4(std::string_view text, in_addr& address) noexcept {
  const Terminated<INET_ADDRSTRLEN> copy(text);
  return copy.fits && ::inet_pton(AF_INET, copy.chars.data(), &address) == 1;
}

bool parse_v6(std::string_view text, sockaddr_in6& address) noexcept {
  const auto percent = text.find('%');
  const Terminated<INET6_ADDRSTRLEN> copy(text.substr(0, percent));
  if (!copy.fits || ::inet_pton(AF_INET6, copy.chars.data(), &address.sin6_addr) != 1) return false;
  if (percent == std::string_view::npos) return true;
  address.sin6_scope_id = parse_scope(text.substr(percent + 1));
  return address.sin6_scope_id != 0;
}

bool is_bracketed(std::string_view text) noexcept {
  return text.size() > 2 && text.front() == '[' && text.back() == ']';
}

/// Each new client's is written; inet_ntop takes ten times as long.
std::string v4_text(std::span<const std::uint8_t> bytes, std::uint16_t port) {
  std::array<char, sizeof "255.255.255.255:65535"> text{};
  auto* at = text.data();
  char separator = 0;
  const auto put = [&](unsigned number) {
    if (separator != 0) *at++ = separator;
    at = std::to_chars(at, text.data() + text.size(), number).ptr;
    separator = '.';
  };
  for (const auto byte : bytes) put(byte);
  separator = ':';
  put(port);
  return {text.data(), at};
}

}  // namespace

Endpoint::Endpoint() noexcept { std::memset(&address_, 0, sizeof address_); }

Endpoint Endpoint::from(const sockaddr* address, socklen_t size) noexcept {
  Endpoint result;
  if (address == nullptr || size < sizeof(sa_family_t)) return result;
  if (address->sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    std::memcpy(&result.address_.v4, address, sizeof(sockaddr_in));
  } else if (address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    std::memcpy(&result.address_.v6, address, sizeof(sockaddr_in6));
  }
  return result;
}

std::optional<Endpoint> Endpoint::from_literal(std::string_view address,
                                               std::uint16_t port) noexcept {
  Endpoint result;
  const bool bracketed = is_bracketed(address);
  if (bracketed) address = address.substr(1, address.size() - 2);
  if (!bracketed && parse_v4(address, result.address_.v4.sin_addr)) {
    result.address_.v4.sin_family = AF_INET;
  } else if (parse_v6(address, result.address_.v6)) {
    result.address_.v6.sin6_family = AF_INET6;
  } else {
    return std::nullopt;
  }
  return result.with_port(port);
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) noexcept {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  const auto address = text.substr(0, colon);
  // Without brackets the port could as well be the last group of an IPv6 address.
  const bool ambiguous = address.find(':') != std::string_view::npos && !is_bracketed(address);
  if (!port || ambiguous) return std::nullopt;
  return from_literal(address, *port);
}

std::uint16_t Endpoint::port() const noexcept {
  if (is_v4()) return ntohs(address_.v4.sin_port);
  return is_v6() ? ntohs(address_.v6.sin6_port) : std::uint16_t{0};
}

Endpoint Endpoint::with_port(std::uint16_t port) const noexcept {
  Endpoint result = *this;
  if (is_v4()) result.address_.v4.sin_port = htons(port);
  if (is_v6()) result.address_.v6.sin6_port = htons(port);
  return result;
}

std::span<const std::uint8_t> Endpoint::bytes() const noexcept {
  if (is_v4()) return {reinterpret_cast<const std::uint8_t*>(&address_.v4.sin_addr), 4};
  if (is_v6()) return {address_.v6.sin6_addr.s6_addr, 16};
  return {};
}

Endpoint Endpoint::unmapped() const noexcept {
  if (!is_v6() || !IN6_IS_ADDR_V4MAPPED(&address_.v6.sin6_addr)) return *this;
  Endpoint result;
  result.address_.v4.sin_family = AF_INET;
  std::memcpy(&result.address_.v4.sin_addr, address_.v6.sin6_addr.s6_addr + 12, 4);
  return result.with_port(port());
}

socklen_t Endpoint::size() const noexcept {
  if (is_v4()) return sizeof(sockaddr_in);
  return is_v6() ? sizeof(sockaddr_in6) : 0;
}

std::string Endpoint::to_string() const {
  if (is_v4()) return v4_text(bytes(), port());
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  const auto address = bytes();
  if (address.empty()) return {};
  ::inet_ntop(family(), address.data(), buffer.data(), buffer.size());
  std::string result(buffer.data());
  if (const auto scope = address_.v6.sin6_scope_id) result += '%' + std::to_string(scope);
  return '[' + result + "]:" + std::to_string(port());
}

bool Endpoint::operator==(const Endpoint& other) const noexcept {
  const auto mine = bytes();
  const auto theirs = other.bytes();
  const bool same_scope =
      !is_v6() || !other.is_v6() || address_.v6.sin6_scope_id == other.address_.v6.sin6_scope_id;
  return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end()) &&
         port() == other.port() && same_scope;
}

std::size_t EndpointHash::operator()(const Endpoint& endpoint) const noexcept {
  const auto bytes = endpoint.bytes();
  const std::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::hash<std::string_view>{}(view)*31 + endpoint.port();
}

}  // namespace ccnproxy
