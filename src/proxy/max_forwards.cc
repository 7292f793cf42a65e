#include "ccnproxy/proxy/max_forwards.h"

#include <algorithm>
#include <charconv>

namespace ccnproxy::proxy {
namespace {

/// A recipient may put the largest number that it knows in place of a larger one.
constexpr std::uint64_t largest = 1'000'000'000;

bool is_number(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The value of a number, or `largest` if that is less.
std::uint64_t bounded(std::string_view digits) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return read.ec == std::errc() ? std::min(value, largest) : largest;
}

}  // namespace

MaxForwards read_max_forwards(const http::RequestHead& head) {
  using Says = MaxForwards::Says;
  if (head.method != "OPTIONS" && head.method != "TRACE") return {};
  const http::Field* found = nullptr;
  for (const auto& field : head.fields) {
    if (!http::iequals(field.name, max_forwards_header)) continue;
    if (found || !is_number(field.value)) return {Says::bad, {}};
    found = &field;
  }
  if (!found) return {};
  const auto left = bounded(found->value);
  if (left == 0) return {Says::stop, {}};
  return {Says::pass_on, std::to_string(left - 1)};
}

}  // namespace ccnproxy::proxy
