#include "ccnproxy/config/units.h"

#include <array>
#include <charconv>
#include <utility>

namespace ccnproxy::config {
namespace {

using Unit = std::pair<std::string_view, std::int64_t>;

constexpr std::array<Unit, 5> durations = {{
    {"us", 1'000},
    {"ms", 1'000'000},
    {"s", 1'000'000'000},
    {"m", 60'000'000'000},
    {"h", 3'600'000'000'000},
}};
constexpr std::array<Unit, 4> sizes = {{
    {"", 1},
    {"KiB", std::int64_t{1} << 10},
    {"MiB", std::int64_t{1} << 20},
    {"GiB", std::int64_t{1} << 30},
}};

template <std::size_t N>
std::optional<std::int64_t> find_unit(const std::array<Unit, N>& units,
                                      std::string_view name) noexcept {
  for (const auto& [unit, factor] : units) {
    if (unit == name) return factor;
  }
  return {};
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// The digits at the start of `text`, which are taken off it.
std::string_view take_digits(std::string_view& text) noexcept {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  const std::string_view digits = text.substr(0, n);
  text.remove_prefix(n);
  return digits;
}

template <class Number>
std::optional<Number> to_number(std::string_view digits) noexcept {
  Number value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  return value;
}

// Digit by digit in integers, so that 1.1s is exactly 1100 ms. What is finer than a nanosecond is
// none.
std::optional<std::int64_t> fraction_of(std::int64_t unit, std::string_view digits) noexcept {
  std::int64_t sum = 0;
  for (const char c : digits) {
    if (c != '0' && (unit == 0 || unit % 10 != 0)) return {};
    unit /= 10;
    sum += (c - '0') * unit;
  }
  return sum;
}

}  // namespace

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  if (text == "0") return std::chrono::nanoseconds(0);
  const auto whole = to_number<std::int64_t>(take_digits(text));
  std::string_view decimals;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    decimals = take_digits(text);
    if (decimals.empty()) return {};
  }
  const auto unit = find_unit(durations, text);
  if (!whole || !unit) return {};
  const auto part = fraction_of(*unit, decimals);
  std::int64_t total = 0;
  if (!part || __builtin_mul_overflow(*whole, *unit, &total) ||
      __builtin_add_overflow(total, *part, &total))
    return {};
  return std::chrono::nanoseconds(total);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  const auto number = to_number<std::uint64_t>(take_digits(text));
  const auto unit = find_unit(sizes, text);
  std::uint64_t total = 0;
  if (!number || !unit ||
      __builtin_mul_overflow(*number, static_cast<std::uint64_t>(*unit), &total))
    return {};
  return total;
}

}  // namespace ccnproxy::config
