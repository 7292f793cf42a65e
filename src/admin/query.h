#pragma once

#include <string>
#include <string_view>

namespace ccnproxy::admin {

/// A request target, taken apart at its `?`.
struct Target {
  std::string_view path;
  std::string_view query;
};
Target split_target(std::string_view target) noexcept;

/// The value of `name` in `a=b&c=d`, percent-decoded; empty where it is not there. What is no valid
/// escape stays as it is.
std::string query_value(std::string_view query, std::string_view name);

}  // namespace ccnproxy::admin
