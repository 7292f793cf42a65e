#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// Every key that a file may hold, as dotted paths in the order of the schema: `workers`,
/// `pool.max_pending`, `listeners[].address`, `overrides[].tls.key`. Maps and lists are listed too.
std::vector<std::string> schema_keys();

/// Sets one scalar key (`log.level`) from a command-line flag, by the same rules as a file's value.
/// Returns what is wrong with the value, empty if it was set.
std::string set_value(Config& config, std::string_view key, const std::string& text);

}  // namespace ccnproxy::config
