#include "ccnproxy/pool/circuit_breaker.h"

#include <gtest/gtest.h>

#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Cause = BreakerCause;
using State = BreakerState;

class CircuitBreakerTest : public testing::Test {
 protected:
  TimePoint now() const { return clock_.now(); }
  bool time_out(Cause cause, TimePoint began) {
    return breaker_.on_timeout(cause, began, now(), jitter_, terms_);
  }
  /// One after the other, each of a second.
  void time_out(Cause cause, std::uint32_t times) {
    for (std::uint32_t i = 0; i < times; ++i) {
      const auto began = now();
      clock_.advance(seconds(1));
      time_out(cause, began);
    }
  }
  bool admits(bool has_connection = false) { return !breaker_.refuses(now(), has_connection); }
  State state() const { return breaker_.report(now()).state; }

  config::Breaker terms_{3, seconds(1), seconds(8)};
  std::uint32_t jitter_ = 0;
  ManualClock clock_;
  CircuitBreaker breaker_;
};

TEST_F(CircuitBreakerTest, opens_after_so_many_dials_in_a_row_that_timed_out) {
  time_out(Cause::dials, 2);
  EXPECT_TRUE(admits());
  time_out(Cause::dials, 1);
  EXPECT_FALSE(admits());
  EXPECT_EQ(state(), State::open);
}

TEST_F(CircuitBreakerTest, a_dial_that_is_over_in_time_breaks_the_series) {
  time_out(Cause::dials, 2);
  breaker_.on_dialed();
  time_out(Cause::dials, 2);
  EXPECT_TRUE(admits());
}

TEST_F(CircuitBreakerTest, an_answer_breaks_either_series) {
  time_out(Cause::dials, 2);
  time_out(Cause::answers, 2);
  breaker_.on_answer();
  time_out(Cause::dials, 2);
  time_out(Cause::answers, 2);
  EXPECT_TRUE(admits());
}

TEST_F(CircuitBreakerTest, dials_and_answers_are_counted_apart) {
  time_out(Cause::dials, 2);
  time_out(Cause::answers, 2);
  EXPECT_TRUE(admits());
  breaker_.on_dialed();
  time_out(Cause::answers, 1);
  EXPECT_FALSE(admits()) << "a dial says nothing of answers";
}

TEST_F(CircuitBreakerTest, dials_that_were_under_way_together_count_once) {
  const auto began = now();
  clock_.advance(seconds(5));
  for (int i = 0; i < 10; ++i) {
    time_out(Cause::dials, began);
    clock_.advance(milliseconds(1));
  }
  EXPECT_TRUE(admits());
}

TEST_F(CircuitBreakerTest, requests_that_were_under_way_together_count_each) {
  const auto began = now();
  clock_.advance(seconds(60));
  for (int i = 0; i < 3; ++i) time_out(Cause::answers, began);
  EXPECT_FALSE(admits()) << "one after the other they would take minutes to tell";
}

TEST_F(CircuitBreakerTest, zero_failures_turn_it_off) {
  terms_.failures = 0;
  time_out(Cause::dials, 100);
  EXPECT_TRUE(admits());
}

TEST_F(CircuitBreakerTest, a_standing_connection_serves_on_while_dials_fail) {
  time_out(Cause::dials, 3);
  EXPECT_TRUE(admits(true));
  EXPECT_FALSE(admits(false));
}

TEST_F(CircuitBreakerTest, a_standing_connection_is_none_while_answers_fail) {
  time_out(Cause::answers, 3);
  EXPECT_FALSE(admits(true));
}

TEST_F(CircuitBreakerTest, says_how_long_until_a_request_is_admitted) {
  time_out(Cause::dials, 3);
  clock_.advance(milliseconds(300));
  EXPECT_EQ(breaker_.refuses(now(), false), milliseconds(700));
}

TEST_F(CircuitBreakerTest, one_request_finds_out_and_the_others_wait_for_it) {
  time_out(Cause::dials, 3);
  clock_.advance(seconds(1));
  EXPECT_TRUE(admits());
  EXPECT_EQ(state(), State::half_open);
  EXPECT_FALSE(admits());
  EXPECT_TRUE(breaker_.on_dialed());
  EXPECT_TRUE(admits());
  EXPECT_EQ(state(), State::closed);
}

TEST_F(CircuitBreakerTest, each_try_that_fails_doubles_the_wait_up_to_a_bound) {
  time_out(Cause::answers, 3);
  for (const auto wait : {1, 2, 4, 8, 8, 8}) {
    clock_.advance(seconds(wait) - milliseconds(1));
    EXPECT_FALSE(admits()) << wait;
    clock_.advance(milliseconds(1));
    EXPECT_TRUE(admits()) << wait;
    time_out(Cause::answers, now());
    EXPECT_EQ(state(), State::open);
  }
}

TEST_F(CircuitBreakerTest, what_began_before_the_try_says_nothing_of_it) {
  const auto began = now();
  time_out(Cause::answers, 3);
  clock_.advance(seconds(1));
  ASSERT_TRUE(admits());
  time_out(Cause::answers, began);
  EXPECT_EQ(state(), State::half_open);
}

TEST_F(CircuitBreakerTest, a_try_whose_client_left_is_followed_by_another) {
  time_out(Cause::dials, 3);
  clock_.advance(seconds(1));
  ASSERT_TRUE(admits());
  clock_.advance(seconds(1));
  EXPECT_TRUE(admits());
}

TEST_F(CircuitBreakerTest, an_answer_closes_it_whatever_opened_it) {
  for (const auto cause : {Cause::dials, Cause::answers}) {
    time_out(cause, 3);
    EXPECT_TRUE(breaker_.on_answer());
    EXPECT_TRUE(admits());
  }
}

TEST_F(CircuitBreakerTest, forgets_when_it_is_told_to) {
  time_out(Cause::answers, 3);
  breaker_.forget();
  EXPECT_TRUE(admits());
}

TEST_F(CircuitBreakerTest, a_dial_does_not_close_what_answers_have_opened) {
  time_out(Cause::answers, 3);
  EXPECT_FALSE(breaker_.on_dialed());
  EXPECT_FALSE(admits());
}

TEST_F(CircuitBreakerTest, a_quarter_of_the_wait_is_random) {
  jitter_ = 255;
  time_out(Cause::dials, 3);
  const auto wait = breaker_.refuses(now(), false);
  ASSERT_TRUE(wait);
  EXPECT_GT(*wait, milliseconds(750));
  EXPECT_LT(*wait, milliseconds(760));
}

TEST_F(CircuitBreakerTest, tells_what_it_knows) {
  time_out(Cause::dials, 3);
  clock_.advance(milliseconds(250));
  const auto report = breaker_.report(now());
  EXPECT_EQ(report.cause, Cause::dials);
  EXPECT_EQ(report.failures, 3u);
  EXPECT_EQ(report.open_for, milliseconds(250));
  EXPECT_EQ(report.next_try, milliseconds(750));
}

TEST_F(CircuitBreakerTest, closed_it_tells_of_no_try) {
  time_out(Cause::dials, 3);
  breaker_.on_dialed();
  const auto report = breaker_.report(now());
  EXPECT_EQ(report.state, State::closed);
  EXPECT_EQ(report.failures, 0u);
  EXPECT_FALSE(report.open_for);
  EXPECT_FALSE(report.next_try);
}

}  // namespace
}  // namespace ccnproxy::pool
