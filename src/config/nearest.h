#pragma once

#include <span>
#include <string_view>

namespace ccnproxy::config {

/// The name that `word` was most likely meant to be, by edit distance; empty if none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> names);

}  // namespace ccnproxy::config
