#include "ccnproxy/observe/log_level.h"

#include <gtest/gtest.h>

namespace ccnproxy::observe {
namespace {

TEST(LogLevel, has_the_words_of_the_configuration) {
  for (const char* word : {"trace", "debug", "info", "warn", "error", "critical", "off"}) {
    const auto level = parse_log_level(word);
    ASSERT_TRUE(level) << word;
    EXPECT_EQ(log_level_word(*level), word);
  }
  EXPECT_EQ(parse_log_level("warn"), spdlog::level::warn);
  EXPECT_EQ(parse_log_level("warning"), spdlog::level::warn) << "spdlog's own word";
  EXPECT_EQ(parse_log_level("off"), spdlog::level::off);
}

TEST(LogLevel, has_no_others) {
  for (const char* word : {"", "err", "Info", "loud", "info "})
    EXPECT_FALSE(parse_log_level(word)) << word;
}

}  // namespace
}  // namespace ccnproxy::observe
