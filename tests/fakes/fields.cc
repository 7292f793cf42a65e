#include "fakes/fields.h"

#include <algorithm>

namespace ccnproxy::fakes {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string> Fields::find(std::string_view name) const {
  for (const auto& [key, value] : *this)
    if (same_name(key, name)) return value;
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      begin(), end(), [name](const auto& field) { return same_name(field.first, name); }));
}

}  // namespace ccnproxy::fakes
