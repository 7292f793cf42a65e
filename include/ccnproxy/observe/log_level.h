#pragma once

#include <optional>
#include <string_view>

#include <spdlog/common.h>

namespace ccnproxy::observe {

/// The level of one of the words that `log.level` takes; nothing for another.
std::optional<spdlog::level::level_enum> parse_log_level(std::string_view word) noexcept;
/// The word of a level.
std::string_view log_level_word(spdlog::level::level_enum level) noexcept;

}  // namespace ccnproxy::observe
