#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ccnproxy::config {

/// `250us`, `1.5s`, `10m`, `1h`, `0`; nothing if it is not one, is negative, or overflows.
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);
/// `64KiB`, `1MiB`, `2GiB`, or a bare number of bytes.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace ccnproxy::config
