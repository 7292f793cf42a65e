// When an answer is late, and how many second attempts there may be.

#include "ccnproxy/pool/hedges.h"

#include <gtest/gtest.h>

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;

constexpr double a_step = 1.022;  ///< 2 to the power of 1/32, rounded up

double ms(const std::optional<Duration>& time) {
  return time ? std::chrono::duration<double, std::milli>(*time).count() : -1;
}

TEST(AnswerTimesTest, few_answers_say_nothing) {
  AnswerTimes times;
  for (std::size_t i = 0; i + 1 < AnswerTimes::least; ++i) times.note(100ms);
  EXPECT_EQ(times.quantile(0.95), std::nullopt);
  times.note(100ms);
  EXPECT_NE(times.quantile(0.95), std::nullopt);
}

TEST(AnswerTimesTest, a_quantile_is_right_to_a_step) {
  AnswerTimes times;
  for (int i = 1; i <= 100; ++i) times.note(std::chrono::milliseconds(i));
  for (const int percent : {50, 90, 95, 99}) {
    const auto found = ms(times.quantile(percent / 100.0));
    EXPECT_GE(found, percent) << percent;
    EXPECT_LE(found, percent * a_step) << percent;
  }
}

TEST(AnswerTimesTest, times_beyond_its_range_are_counted_at_its_ends) {
  AnswerTimes times;
  for (int i = 0; i < 50; ++i) times.note(0ms);
  for (int i = 0; i < 50; ++i) times.note(1h);
  EXPECT_LE(ms(times.quantile(0.5)), a_step);
  EXPECT_GE(ms(times.quantile(0.99)), 65'000);
}

TEST(AnswerTimesTest, what_was_long_ago_is_forgotten) {
  AnswerTimes times;
  for (int i = 0; i < 5000; ++i) times.note(10ms);
  for (int i = 0; i < 5000; ++i) times.note(100ms);
  EXPECT_GE(ms(times.quantile(0.1)), 100);
}

TEST(HedgesTest, an_answer_is_late_after_what_nineteen_of_twenty_took_and_a_margin) {
  Hedges hedges;
  EXPECT_EQ(hedges.late_after({}, 100ms), std::nullopt);
  for (int i = 0; i < 97; ++i) hedges.on_answer(102ms);
  for (int i = 0; i < 3; ++i) hedges.on_answer(300ms);
  EXPECT_GE(ms(hedges.late_after({}, 100ms)), 102 + 6.25);
  EXPECT_LE(ms(hedges.late_after({}, 100ms)), 102 * a_step + 6.25);
  EXPECT_LE(ms(hedges.late_after({}, 5ms)), 102 * a_step + 1);
}

TEST(HedgesTest, a_configured_time_holds_at_once) {
  config::Hedging settings;
  settings.after = 40ms;
  EXPECT_EQ(Hedges().late_after(settings, 100ms), 40ms);
}

TEST(HedgesTest, no_more_of_the_requests_than_the_budget_are_sent_twice) {
  Hedges hedges;
  config::Hedging settings;
  int twice = 0;
  for (int i = 0; i < 10'000; ++i) {
    hedges.on_request(settings);
    if (!hedges.may()) continue;
    hedges.take();
    ++twice;
  }
  EXPECT_LE(twice, 201);
  EXPECT_GE(twice, 199);
}

TEST(HedgesTest, after_a_time_without_any_there_are_ten_at_once_and_no_more) {
  Hedges hedges;
  for (int i = 0; i < 100'000; ++i) hedges.on_request({});
  int at_once = 0;
  for (; hedges.may(); ++at_once) hedges.take();
  EXPECT_EQ(at_once, 10);
}

}  // namespace
}  // namespace ccnproxy::pool
