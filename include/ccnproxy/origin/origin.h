#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ccnproxy::origin {

enum class Scheme : std::uint8_t { http, https };

constexpr std::uint16_t default_port(Scheme scheme) noexcept {
  return scheme == Scheme::https ? 443 : 80;
}

/// An origin (RFC 9110 §4.3.1): what a pool is keyed by, always compared in full.
/// `host` is normalised: lower case, no trailing dot, IPv6 literals without brackets. It is also
/// the name in SNI, in certificate verification and in `:authority`.
struct Origin {
  Scheme scheme = Scheme::https;
  std::string host;
  std::uint16_t port = 443;

  bool operator==(const Origin&) const = default;
  auto operator<=>(const Origin&) const = default;

  /// `host` or `host:port`, the port only where it is not the scheme's own; IPv6 in brackets.
  /// This is the Host and `:authority` that the origin gets (RFC 9110 §7.2).
  std::string authority() const;
  /// `https://host[:port]`, for logs and people.
  std::string to_string() const;
  /// What to_string() gives; nothing for any other text.
  static std::optional<Origin> parse(std::string_view text);
};

struct OriginHash {
  std::size_t operator()(const Origin& o) const noexcept {
    return std::hash<std::string>{}(o.host) * 31 + o.port * 2u + static_cast<std::size_t>(o.scheme);
  }
};

}  // namespace ccnproxy::origin
