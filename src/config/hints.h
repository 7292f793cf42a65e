#pragma once

#include <string>
#include <string_view>

#include <yaml-cpp/yaml.h>

namespace ccnproxy::config {

/// What to write instead of a wrong value, as the end of a message ("; write 5s"); empty where
/// nothing is likely. `wanted` is what completes "must be ...".
std::string hint_for(std::string_view wanted, const YAML::Node& value);

/// "`a: b`" for the word `a:b`, which lacks a space; empty if it has no such form.
std::string spaced(std::string_view word);

}  // namespace ccnproxy::config
