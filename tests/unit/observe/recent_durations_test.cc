#include "ccnproxy/observe/recent_durations.h"

#include <gtest/gtest.h>

namespace ccnproxy::observe {
namespace {

using namespace std::chrono_literals;

DurationSpan span_of(std::initializer_list<Duration> all) {
  DurationSpan span;
  for (const auto took : all) span.add(took);
  return span;
}

TEST(Quantile, of_nothing_is_0) { EXPECT_EQ(quantile({}, 0.99), 0); }

TEST(Quantile, of_one_is_that_one) {
  for (const Duration took : {10us, 3000us, 70000000us})
    EXPECT_DOUBLE_EQ(quantile(span_of({took}), 0.9), std::chrono::duration<double>(took).count());
}

TEST(Quantile, is_never_off_by_more_than_a_factor_of_two) {
  DurationSpan span;
  for (int ms = 1; ms <= 1000; ++ms) span.add(std::chrono::milliseconds(ms));
  for (const auto& [share, truth] :
       std::vector<std::pair<double, double>>{{0.5, 0.5}, {0.9, 0.9}, {0.95, 0.95}, {0.99, 0.99}}) {
    EXPECT_GT(quantile(span, share), truth / 2) << share;
    EXPECT_LT(quantile(span, share), truth * 2) << share;
    EXPECT_LE(quantile(span, share), 1.0) << share;
  }
}

TEST(Quantile, a_few_slow_ones_show_only_where_they_are) {
  DurationSpan span;
  for (int i = 0; i < 98; ++i) span.add(3ms);
  span.add(5s);
  span.add(5s);
  EXPECT_LT(quantile(span, 0.9), 0.005);
  EXPECT_GT(quantile(span, 0.99), 4.0);
}

TEST(RecentDurations, holds_one_to_two_minutes) {
  TimePoint now{1h};
  RecentDurations recent;
  recent.add(1s, now);
  recent.add(3s, now + 61s);
  EXPECT_EQ(recent.value(now + 61s).histogram.total(), 2u);
  EXPECT_EQ(recent.value(now + 61s).shortest, 1s);
  EXPECT_EQ(recent.value(now + 61s).longest, 3s);
  EXPECT_EQ(recent.value(now + 122s).histogram.total(), 1u) << "the first is two minutes old";
  EXPECT_EQ(recent.value(now + 200s).histogram.total(), 0u);
  recent.add(2s, now + 1h);
  EXPECT_EQ(recent.value(now + 1h).histogram.total(), 1u);
  EXPECT_EQ(recent.value(now + 1h).longest, 2s);
}

}  // namespace
}  // namespace ccnproxy::observe
