#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace ccnproxy::config {

/// The closest of `names` to `word` by edit distance, as a suggestion; empty if none is close.
std::string_view suggest(std::string_view word, std::span<const std::string_view> names);

/// By how many bytes the words differ (Levenshtein); case does not count, nor `-` against `_`.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace ccnproxy::config
