#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ccnproxy::fakes {

/// Header or trailer fields in the order they came, names as they were spelt.
class Fields : public std::vector<std::pair<std::string, std::string>> {
 public:
  using std::vector<std::pair<std::string, std::string>>::vector;

  /// The first value of this name, compared without case.
  std::optional<std::string> find(std::string_view name) const;
  /// find(), or an empty string.
  std::string get(std::string_view name) const { return find(name).value_or(""); }
  std::size_t count(std::string_view name) const;
  bool has(std::string_view name) const { return count(name) > 0; }
};

bool same_name(std::string_view a, std::string_view b);

}  // namespace ccnproxy::fakes
