#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace ccnproxy::config {

/// The number of a user or group of this system, given by name or as a number; nothing if there is
/// none of that name.
std::optional<std::uint32_t> user_number(const std::string& text);
std::optional<std::uint32_t> group_number(const std::string& text);

}  // namespace ccnproxy::config
