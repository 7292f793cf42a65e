#include "ccnproxy/origin/interim_limiter.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::origin {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr TimePoint start(hours(1));

/// How many of `most` heads of this size pass, one each `gap`.
std::size_t passed(std::size_t most, std::size_t bytes, Duration gap) {
  InterimLimiter limiter;
  TimePoint now = start;
  for (std::size_t i = 0; i < most; ++i, now += gap) {
    if (!limiter.admit(bytes, now).empty()) return i;
  }
  return most;
}

TEST(InterimLimiter, F130_any_number_passes_over_time) {
  EXPECT_EQ(passed(1000, 100, milliseconds(10)), 1000U);
  EXPECT_EQ(passed(1000, 1000, milliseconds(100)), 1000U);
  EXPECT_EQ(passed(1000, 25'000, milliseconds(100)), 1000U);
  EXPECT_EQ(passed(1000, 64 * 1024, seconds(1)), 1000U);
  EXPECT_EQ(passed(100'000, 30, seconds(20)), 100'000U);  // three weeks of 102
}

TEST(InterimLimiter, F130_a_burst_passes_and_another_after_a_while) {
  InterimLimiter limiter;
  for (TimePoint now = start; now < start + hours(1); now += seconds(2)) {
    for (std::uint32_t i = 0; i < InterimLimiter::burst; ++i)
      ASSERT_EQ(limiter.admit(100, now), "") << i;
  }
  EXPECT_EQ(passed(16, 64 * 1024, Duration(0)), 16U);
}

TEST(InterimLimiter, F069_F130_a_flood_of_heads_breaks_a_bound_that_has_a_name) {
  EXPECT_EQ(passed(100'000, 30, Duration(0)), InterimLimiter::burst);
  EXPECT_LT(passed(100'000, 30, milliseconds(9)), 2000U);
  InterimLimiter limiter;
  std::string_view bound;
  for (int i = 0; i < 200 && bound.empty(); ++i) bound = limiter.admit(30, start);
  EXPECT_THAT(std::string(bound), HasSubstr(std::to_string(InterimLimiter::burst) + " at once"));
  EXPECT_THAT(std::string(bound),
              HasSubstr(std::to_string(InterimLimiter::a_second) + " a second"));
}

TEST(InterimLimiter, F130_a_flood_of_bytes_breaks_a_bound_that_has_a_name) {
  EXPECT_EQ(passed(1000, 64 * 1024, Duration(0)), InterimLimiter::burst_bytes / (64 * 1024));
  EXPECT_LT(passed(1000, 64 * 1024, milliseconds(100)), 100U);
  InterimLimiter limiter;
  const auto bound = limiter.admit(std::size_t{1} << 40, start);
  EXPECT_THAT(std::string(bound), HasSubstr("1 MiB at once and 256 KiB a second"));
}

}  // namespace
}  // namespace ccnproxy::origin
