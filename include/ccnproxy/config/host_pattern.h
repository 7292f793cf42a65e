#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ccnproxy::config {

/// The pattern of an entry of `overrides:` or `upgrade:`: one host, all names below a suffix
/// (`*.example.com`, but not example.com itself), or all (`*`); of one port or of every port. A
/// view into the text that it was parsed from.
struct HostPattern {
  std::string_view host;   ///< without `*.`, brackets and port; empty for `*`
  bool below = false;      ///< `*.host`, or `*`
  std::uint16_t port = 0;  ///< 0: every port

  /// `host` as in origin::Origin; compared case-insensitively.
  bool matches(std::string_view name, std::uint16_t of_port) const noexcept;
  /// Whether everything that `other` matches is matched by this too.
  bool covers(const HostPattern& other) const noexcept;
};

/// Parses a pattern. Checks only its form, so that it is cheap enough for each use.
std::optional<HostPattern> parse_host_pattern(std::string_view text) noexcept;

/// The pattern in normal form (lower case, canonical addresses), or nothing if it is not one.
std::optional<std::string> normalise_host_pattern(std::string_view text);

}  // namespace ccnproxy::config
