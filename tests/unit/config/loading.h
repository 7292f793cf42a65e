#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {

/// Each as `f:LINE:COLUMN: message`.
inline std::vector<std::string> mistakes_in(std::string_view text) {
  std::vector<std::string> lines;
  for (const auto& mistake : load_text(text, "f").mistakes) lines.push_back(mistake.to_string());
  return lines;
}

/// Of a text without a mistake.
inline Config load(std::string_view text) {
  auto loaded = load_text(text, "f");
  for (const auto& mistake : loaded.mistakes) ADD_FAILURE() << mistake.to_string();
  return loaded.config;
}

struct MistakeRow {
  const char* text;
  const char* mistake;
};

inline void expect_one_mistake(const std::vector<MistakeRow>& rows) {
  for (const auto& row : rows) {
    EXPECT_EQ(mistakes_in(row.text), std::vector<std::string>{row.mistake}) << row.text;
  }
}

}  // namespace ccnproxy::config
