// The pool's pure decisions, as tables.

#include <gtest/gtest.h>

#include "ccnproxy/pool/dial_policy.h"
#include "ccnproxy/pool/retirement_policy.h"
#include "ccnproxy/pool/retry_budget.h"

namespace ccnproxy::pool {
namespace {

using origin::Protocol;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct DialCase {
  const char* name;
  DialDemand demand;
  std::size_t expected;
};

class DialsToStart : public testing::TestWithParam<DialCase> {};

TEST_P(DialsToStart, follows_the_table) {
  EXPECT_EQ(dials_to_start(GetParam().demand), GetParam().expected);
}

constexpr auto unknown = std::nullopt;

INSTANTIATE_TEST_SUITE_P(
    Table, DialsToStart,
    testing::Values(
        DialCase{"nobody_waits", {0, 0, 0, unknown, 100, 0}, 0},
        DialCase{"nobody_waits_on_http1", {0, 0, 3, Protocol::http1, 100, 0}, 0},
        DialCase{"F030_unknown_protocol_one", {1, 0, 0, unknown, 100, 0}, 1},
        DialCase{"F030_unknown_protocol_burst", {200, 0, 0, unknown, 100, 0}, 1},
        DialCase{"F030_unknown_protocol_already_dialing", {200, 1, 0, unknown, 100, 0}, 0},
        DialCase{"http1_one_each", {7, 0, 0, Protocol::http1, 100, 0}, 7},
        DialCase{"http1_less_those_on_their_way", {7, 3, 5, Protocol::http1, 100, 0}, 4},
        DialCase{"http1_more_on_their_way_than_wait", {2, 5, 0, Protocol::http1, 100, 0}, 0},
        DialCase{"http2_one_for_all", {100, 0, 0, Protocol::http2, 100, 0}, 1},
        DialCase{"http2_one_more_than_fits", {101, 0, 0, Protocol::http2, 100, 0}, 2},
        DialCase{"http2_second_is_on_its_way", {101, 1, 1, Protocol::http2, 100, 0}, 1},
        DialCase{"http2_enough_on_their_way", {101, 2, 1, Protocol::http2, 100, 0}, 0},
        DialCase{"http2_of_one_stream", {3, 0, 0, Protocol::http2, 1, 0}, 3},
        DialCase{"http2_that_takes_no_stream", {3, 0, 0, Protocol::http2, 0, 0}, 3},
        DialCase{"F096_up_to_the_limit", {9, 0, 0, Protocol::http1, 100, 4}, 4},
        DialCase{"F096_open_ones_count", {9, 0, 3, Protocol::http1, 100, 4}, 1},
        DialCase{"F096_those_on_their_way_count", {9, 1, 3, Protocol::http1, 100, 4}, 0},
        DialCase{"F096_at_the_limit", {9, 0, 4, Protocol::http1, 100, 4}, 0},
        DialCase{"F096_over_a_lowered_limit", {9, 0, 6, Protocol::http2, 1, 4}, 0},
        DialCase{"F096_unknown_protocol_at_the_limit", {1, 0, 1, unknown, 100, 1}, 0}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(DialsToStart, F096_never_lets_open_and_dialing_pass_the_limit) {
  for (std::size_t waiting = 0; waiting < 6; ++waiting)
    for (std::size_t dialing = 0; dialing < 4; ++dialing)
      for (std::size_t open = 0; open + dialing <= 4; ++open)
        for (const auto protocol : {std::optional<Protocol>(), std::optional(Protocol::http1),
                                    std::optional(Protocol::http2)}) {
          const auto n = dials_to_start({waiting, dialing, open, protocol, 2, 4});
          EXPECT_LE(open + dialing + n, 4u);
          EXPECT_LE(n, waiting);
        }
}

class Retirement : public testing::Test {
 protected:
  static constexpr TimePoint t0{hours(5)};
  static constexpr RetirementLimits limits{hours(1), minutes(10)};
};

TEST_F(Retirement, an_idle_connection_goes_when_its_idle_time_is_over) {
  const ConnectionLife life{t0, t0 + minutes(2), false, 0};
  EXPECT_EQ(reason_to_retire(life, limits, t0 + minutes(12) - Duration(1)), std::nullopt);
  EXPECT_EQ(reason_to_retire(life, limits, t0 + minutes(12)), "idle");
}

TEST_F(Retirement, one_in_use_is_never_idle) {
  const ConnectionLife life{t0, t0, true, 0};
  EXPECT_EQ(reason_to_retire(life, limits, t0 + minutes(59)), std::nullopt);
}

TEST_F(Retirement, age_ends_it_in_use_or_not) {
  for (const bool in_use : {false, true}) {
    const ConnectionLife life{t0, t0 + minutes(59), in_use, 0};
    EXPECT_EQ(reason_to_retire(life, limits, t0 + hours(1) - Duration(1)), std::nullopt);
    EXPECT_EQ(reason_to_retire(life, limits, t0 + hours(1)), "max_age");
  }
}

TEST_F(Retirement, F017_jitter_spreads_ages_over_the_last_tenth) {
  auto later = TimePoint::max();
  for (std::uint32_t jitter = 0; jitter < 256; ++jitter) {
    const auto at = ages_out_at({t0, t0, false, jitter}, limits);
    EXPECT_LT(at, later) << "connections opened together must not go together";
    EXPECT_LE(at, t0 + hours(1));
    EXPECT_GT(at, t0 + minutes(54));
    later = at;
  }
}

TEST_F(Retirement, F017_jitter_holds_for_the_longest_age_that_can_be_configured) {
  const RetirementLimits month{hours(720), hours(720)};
  const auto at = ages_out_at({t0, t0, false, 255}, month);
  EXPECT_GT(at, t0 + hours(648));
  EXPECT_LT(at, t0 + hours(649));
}

TEST_F(Retirement, is_looked_at_again_exactly_when_something_can_have_changed) {
  for (const bool in_use : {false, true})
    for (const auto used : {minutes(0), minutes(20), minutes(52), minutes(55)})
      for (const std::uint32_t jitter : {0u, 128u, 255u}) {
        const ConnectionLife life{t0, t0 + used, in_use, jitter};
        const auto at = next_check(life, limits);
        EXPECT_TRUE(reason_to_retire(life, limits, at)) << used.count() << ' ' << jitter;
        EXPECT_FALSE(reason_to_retire(life, limits, at - Duration(1))) << used.count();
      }
}

TEST(RetryBudget, F058_starts_with_a_hundred_and_ends) {
  const TimePoint t0{hours(5)};
  RetryBudget budget(t0);
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(budget.take(t0)) << i;
  EXPECT_FALSE(budget.take(t0));
  EXPECT_FALSE(budget.take(t0));
}

TEST(RetryBudget, F058_ten_come_back_a_second) {
  const TimePoint t0{hours(5)};
  RetryBudget budget(t0);
  while (budget.take(t0)) {
  }
  EXPECT_FALSE(budget.take(t0 + milliseconds(99)));
  int taken = 0;
  while (budget.take(t0 + seconds(2))) ++taken;
  EXPECT_GE(taken, 19);
  EXPECT_LE(taken, 20);
}

TEST(RetryBudget, F058_a_fifth_of_the_requests_may_be_retried) {
  const TimePoint t0{hours(5)};
  RetryBudget budget(t0);
  while (budget.take(t0)) {
  }
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.on_request();
    if (budget.take(t0)) ++retries;
  }
  EXPECT_GE(retries, 199);
  EXPECT_LE(retries, 200);
}

TEST(RetryBudget, F058_a_long_rest_saves_no_more_than_a_hundred) {
  const TimePoint t0{hours(5)};
  RetryBudget budget(t0);
  for (int i = 0; i < 100'000; ++i) budget.on_request();
  int taken = 0;
  while (budget.take(t0 + hours(24))) ++taken;
  EXPECT_EQ(taken, 100);
}

}  // namespace
}  // namespace ccnproxy::pool
