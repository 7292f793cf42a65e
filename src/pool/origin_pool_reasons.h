#pragma once

#include <string_view>

/// Why a pool ends connections, where more than one of its files says so.
namespace ccnproxy::pool {

inline constexpr std::string_view prohibited_now = "its address may not be connected to any more";
inline constexpr std::string_view configuration_changed = "the configuration has changed";

}  // namespace ccnproxy::pool
