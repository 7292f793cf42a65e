#include "ccnproxy/base/quantity_text.h"

#include <array>
#include <cstdio>

namespace ccnproxy {
namespace {

/// At most three digits behind the point, none that say nothing.
std::string number(double value, int digits) {
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%.*f", digits, value);
  std::string text = out.data();
  if (text.find('.') == text.npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace

std::string time_text(Duration time) {
  constexpr double ms = 1e6;
  const auto ns = static_cast<double>(time.count());
  if (time >= std::chrono::seconds(1)) return number(ns / (1000 * ms), 3) + " s";
  if (time >= std::chrono::milliseconds(10)) return number(ns / ms, 0) + " ms";
  return number(ns / ms, 2) + " ms";
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array units = {std::pair(30, " GiB"), std::pair(20, " MiB"),
                                std::pair(10, " KiB")};
  for (const auto& [bits, name] : units) {
    if (bytes != 0 && bytes % (1ULL << bits) == 0) return std::to_string(bytes >> bits) + name;
  }
  return std::to_string(bytes) + " bytes";
}

}  // namespace ccnproxy
