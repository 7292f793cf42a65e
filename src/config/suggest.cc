#include "ccnproxy/config/suggest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace ccnproxy::config {
namespace {

// No key is half as long: spares the work on what can't be one.
constexpr std::size_t max_word = 64;

char fold(char c) {
  if (c == '-') return '_';
  return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

}  // namespace

// Over one row; `max-age` and `Max_Age` are at distance 0 of `max_age`.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (fold(a[i]) == fold(b[j]) ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string_view suggest(std::string_view word, std::span<const std::string_view> names) {
  if (word.size() > max_word) return {};
  std::string_view best;
  std::size_t least = 2 + word.size() / 4;  // a slip or two in a word, more in a long one
  least = std::min(least, (word.size() + 1) / 2);
  for (const std::string_view name : names) {
    const std::size_t d = edit_distance(word, name);
    if (d < least || (d == least && best.empty())) {
      best = name;
      least = d;
    }
  }
  return best;
}

}  // namespace ccnproxy::config
