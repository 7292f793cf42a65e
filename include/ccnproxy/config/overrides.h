#pragma once

#include <cstdint>
#include <string_view>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// The first entry of `overrides:` with a `match` that fits, or null. `host` and `port` are those
/// of the origin (normalised, IPv6 without brackets). The result lives as long as `config`.
/// Allocates nothing, but walks the list: call it once for each new origin, not for each request.
const Override* find_override(const Config& config, std::string_view host,
                              std::uint16_t port) noexcept;

}  // namespace ccnproxy::config
