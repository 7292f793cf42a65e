#include "ccnproxy/observe/log_level.h"

#include <array>

namespace ccnproxy::observe {
namespace {

// In spdlog's order; its own words are others for some (`warning`).
constexpr std::array<std::string_view, 7> words = {"trace", "debug",    "info", "warn",
                                                   "error", "critical", "off"};

}  // namespace

std::optional<spdlog::level::level_enum> parse_log_level(std::string_view word) noexcept {
  if (word == "warning") return spdlog::level::warn;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == word) return static_cast<spdlog::level::level_enum>(i);
  }
  return std::nullopt;
}

std::string_view log_level_word(spdlog::level::level_enum level) noexcept {
  const auto i = static_cast<std::size_t>(level);
  return i < words.size() ? words[i] : words.back();
}

}  // namespace ccnproxy::observe
