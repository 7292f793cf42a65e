// The pool's pure decisions, as tables.

#include <gtest/gtest.h>

#include "ccnproxy/pool/back_off.h"
#include "ccnproxy/pool/dial_policy.h"
#include "ccnproxy/pool/learned_limits.h"
#include "ccnproxy/pool/placement_policy.h"
#include "ccnproxy/pool/readiness_policy.h"
#include "ccnproxy/pool/recent_peak.h"
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
  DialNeed need;
  std::size_t expected;
};

class DialsToStart : public testing::TestWithParam<DialCase> {};

TEST_P(DialsToStart, follows_the_table) {
  EXPECT_EQ(dials_to_start(GetParam().need), GetParam().expected);
}

constexpr auto unknown = std::nullopt;

INSTANTIATE_TEST_SUITE_P(
    Table, DialsToStart,
    testing::Values(
        DialCase{"nobody_waits", {0, 0, 0, 0, 0, unknown, 100, 0, false, false}, 0},
        DialCase{
            "nobody_waits_on_http1", {0, 0, 3, 0, 0, Protocol::http1, 100, 0, false, false}, 0},
        DialCase{"F030_unknown_protocol_one", {1, 0, 0, 0, 0, unknown, 100, 0, false, false}, 1},
        DialCase{
            "F030_unknown_protocol_burst", {200, 0, 0, 0, 0, unknown, 100, 0, false, false}, 1},
        DialCase{"F030_unknown_protocol_already_dialing",
                 {200, 1, 0, 0, 0, unknown, 100, 0, false, false},
                 0},
        DialCase{"http1_one_each", {7, 0, 0, 0, 0, Protocol::http1, 100, 0, false, false}, 7},
        DialCase{"http1_less_those_on_their_way",
                 {7, 3, 5, 0, 0, Protocol::http1, 100, 0, false, false},
                 4},
        DialCase{"http1_more_on_their_way_than_wait",
                 {2, 5, 0, 0, 0, Protocol::http1, 100, 0, false, false},
                 0},
        DialCase{"http2_one_for_all", {100, 0, 0, 0, 0, Protocol::http2, 100, 0, false, false}, 1},
        DialCase{"http2_one_more_than_fits",
                 {101, 0, 0, 0, 0, Protocol::http2, 100, 0, false, false},
                 2},
        DialCase{"http2_second_is_on_its_way",
                 {101, 1, 1, 0, 0, Protocol::http2, 100, 0, false, false},
                 1},
        DialCase{"http2_enough_on_their_way",
                 {101, 2, 1, 0, 0, Protocol::http2, 100, 0, false, false},
                 0},
        DialCase{"http2_of_one_stream", {3, 0, 0, 0, 0, Protocol::http2, 1, 0, false, false}, 3},
        DialCase{
            "http2_that_takes_no_stream", {3, 0, 0, 0, 0, Protocol::http2, 0, 0, false, false}, 3},
        DialCase{"F096_up_to_the_limit", {9, 0, 0, 0, 0, Protocol::http1, 100, 4, false, false}, 4},
        DialCase{"F096_open_ones_count", {9, 0, 3, 0, 0, Protocol::http1, 100, 4, false, false}, 1},
        DialCase{"F096_those_on_their_way_count",
                 {9, 1, 3, 0, 0, Protocol::http1, 100, 4, false, false},
                 0},
        DialCase{"F096_at_the_limit", {9, 0, 4, 0, 0, Protocol::http1, 100, 4, false, false}, 0},
        DialCase{
            "F096_over_a_lowered_limit", {9, 0, 6, 0, 0, Protocol::http2, 1, 4, false, false}, 0},
        DialCase{"F096_unknown_protocol_at_the_limit",
                 {1, 0, 1, 0, 0, unknown, 100, 1, false, false},
                 0}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(DialsToStart, F096_never_lets_open_and_dialing_pass_the_limit) {
  for (std::size_t waiting = 0; waiting < 6; ++waiting)
    for (std::size_t dialing = 0; dialing < 4; ++dialing)
      for (std::size_t open = 0; open + dialing <= 4; ++open)
        for (const auto protocol : {std::optional<Protocol>(), std::optional(Protocol::http1),
                                    std::optional(Protocol::http2)}) {
          const auto n =
              dials_to_start({waiting, dialing, open, 0, 0, protocol, 2, 4, false, false});
          EXPECT_LE(open + dialing + n, 4u);
          EXPECT_LE(n, waiting);
        }
}

class PlannedEndTest : public testing::Test {
 protected:
  static constexpr TimePoint t0{hours(5)};
};

TEST_F(PlannedEndTest, age_ends_it_in_use_or_not) {
  for (const bool in_use : {false, true}) {
    const auto end = planned_end({t0, t0 + minutes(59), in_use, 0, 3}, hours(1), {});
    EXPECT_EQ(end.at, t0 + hours(1));
    EXPECT_EQ(end.why, "pool.max_age");
  }
}

TEST_F(PlannedEndTest, F017_jitter_spreads_ages_over_the_last_tenth) {
  auto later = TimePoint::max();
  for (std::uint32_t jitter = 0; jitter < 256; ++jitter) {
    const auto at = planned_end({t0, t0, false, jitter, 0}, hours(1), {}).at;
    EXPECT_LT(at, later) << "connections opened together must not go together";
    EXPECT_LE(at, t0 + hours(1));
    EXPECT_GT(at, t0 + minutes(54));
    later = at;
  }
}

TEST_F(PlannedEndTest, F017_jitter_holds_for_the_longest_age_that_can_be_configured) {
  const auto at = planned_end({t0, t0, false, 255, 0}, hours(720), {}).at;
  EXPECT_GT(at, t0 + hours(648));
  EXPECT_LT(at, t0 + hours(649));
}

TEST_F(PlannedEndTest, F004_an_idle_connection_goes_before_its_origin_would_end_it) {
  const ConnectionLife idle{t0, t0 + seconds(60), false, 0, 3};
  CloseLimits limits;
  limits.idle = seconds(10);
  EXPECT_EQ(planned_end(idle, hours(1), limits).at, t0 + seconds(68)) << "four fifths";
  limits.idle = seconds(2);
  EXPECT_EQ(planned_end(idle, hours(1), limits).at, t0 + seconds(61)) << "a second before";
  limits.idle = seconds(1);
  EXPECT_EQ(planned_end(idle, hours(1), limits).at, t0 + seconds(60)) << "not to be kept";
  ConnectionLife busy = idle;
  busy.in_use = true;
  EXPECT_EQ(planned_end(busy, hours(1), limits).at, t0 + hours(1)) << "not idle";
}

TEST_F(PlannedEndTest, learnt_ages_and_counts_end_it_at_four_fifths) {
  CloseLimits limits;
  limits.age = seconds(100);
  EXPECT_EQ(planned_end({t0, t0, true, 0, 0}, hours(1), limits).at, t0 + seconds(80));
  limits.age.reset();
  limits.requests = 200;
  EXPECT_EQ(planned_end({t0, t0 + seconds(7), true, 0, 159}, hours(1), limits).at, t0 + hours(1));
  EXPECT_EQ(planned_end({t0, t0 + seconds(7), true, 0, 160}, hours(1), limits).at, t0 + seconds(7));
}

struct ReadinessCase {
  const char* name;
  Readiness readiness;
  config::Pool settings;
  std::size_t expected;
};

config::Pool pool_settings(std::uint32_t min_ready, double spare = 0.5, std::uint32_t most = 0) {
  config::Pool settings;
  settings.min_ready = min_ready;
  settings.spare = spare;
  settings.max_connections = most;
  return settings;
}

config::Pool no_more_idle_than(std::uint32_t idle) {
  auto settings = pool_settings(1);
  settings.max_idle = idle;
  return settings;
}

class ConnectionsWanted : public testing::TestWithParam<ReadinessCase> {};

TEST_P(ConnectionsWanted, follows_the_table) {
  EXPECT_EQ(connections_wanted(GetParam().readiness, GetParam().settings), GetParam().expected);
}

const std::optional<Duration> no_limit;

// keep_ready, protocol, in_use, peak, streams_each, burst_streams, idle_life
INSTANTIATE_TEST_SUITE_P(
    Table, ConnectionsWanted,
    testing::Values(
        ReadinessCase{
            "not_in_use", {false, Protocol::http1, 0, 50, 100, 10, no_limit}, pool_settings(1), 0},
        ReadinessCase{
            "turned_off", {true, Protocol::http1, 9, 50, 100, 10, no_limit}, pool_settings(0), 0},
        ReadinessCase{
            "unknown_one", {true, unknown, 200, 200, 100, 10, no_limit}, pool_settings(4), 1},
        ReadinessCase{
            "http1_floor", {true, Protocol::http1, 0, 0, 100, 10, no_limit}, pool_settings(2), 2},
        ReadinessCase{"http1_one_beyond",
                      {true, Protocol::http1, 1, 1, 100, 10, no_limit},
                      pool_settings(1, 0),
                      2},
        ReadinessCase{"http1_peak_and_spare",
                      {true, Protocol::http1, 0, 50, 100, 10, no_limit},
                      pool_settings(1),
                      75},
        ReadinessCase{"http1_at_the_limit",
                      {true, Protocol::http1, 0, 50, 100, 10, no_limit},
                      pool_settings(1, 0.5, 60),
                      60},
        ReadinessCase{"http1_that_closes_after_seconds",
                      {true, Protocol::http1, 3, 50, 100, 10, seconds(4)},
                      pool_settings(1),
                      12},
        ReadinessCase{
            "http2_floor", {true, Protocol::http2, 0, 0, 100, 10, no_limit}, pool_settings(2), 2},
        ReadinessCase{"http2_one_will_do",
                      {true, Protocol::http2, 9, 10, 100, 10, no_limit},
                      pool_settings(1),
                      1},
        ReadinessCase{"http2_burst_by_windows",
                      {true, Protocol::http2, 0, 50, 100, 10, no_limit},
                      pool_settings(1),
                      5},
        ReadinessCase{"http2_burst_not_without_end",
                      {true, Protocol::http2, 0, 5000, 100, 10, no_limit},
                      pool_settings(1),
                      widest_burst},
        ReadinessCase{"http2_before_it_is_full",
                      {true, Protocol::http2, 76, 1, 100, 10, no_limit},
                      pool_settings(1),
                      2},
        ReadinessCase{"http2_many_streams",
                      {true, Protocol::http2, 1500, 1, 100, 10, no_limit},
                      pool_settings(1),
                      20},
        ReadinessCase{"http1_no_more_idle_than_allowed",
                      {true, Protocol::http1, 3, 50, 100, 10, no_limit},
                      no_more_idle_than(4),
                      7},
        ReadinessCase{"http2_no_more_idle_than_allowed",
                      {true, Protocol::http2, 0, 50, 100, 10, no_limit},
                      no_more_idle_than(2),
                      2},
        ReadinessCase{"http2_burst_to_a_near_origin",
                      {true, Protocol::http2, 0, 50, 100, 10, no_limit, false},
                      pool_settings(1),
                      1},
        ReadinessCase{"http2_that_may_end_any_time",
                      {true, Protocol::http2, 0, 1, 100, 10, no_limit, true, true},
                      pool_settings(1),
                      2},
        ReadinessCase{"http2_near_that_may_end_any_time",
                      {true, Protocol::http2, 0, 1, 100, 10, no_limit, false, true},
                      pool_settings(1),
                      1},
        ReadinessCase{"http2_of_one_stream",
                      {true, Protocol::http2, 3, 3, 1, 10, no_limit},
                      pool_settings(1),
                      3}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(DialsToStart, F016_ahead_of_need_an_origin_that_fails_gets_one_dial_at_a_time) {
  DialNeed need;
  need.wanted = 5;
  need.protocol = Protocol::http1;
  EXPECT_EQ(dials_to_start(need), 5u);
  need.failing = true;
  EXPECT_EQ(dials_to_start(need), 1u);
  need.dialing = 1;
  EXPECT_EQ(dials_to_start(need), 0u);
  need.dialing = 0;
  need.held_back = true;
  EXPECT_EQ(dials_to_start(need), 0u) << "its back-off is not over";
  need.waiting = 3;
  EXPECT_EQ(dials_to_start(need), 1u) << "but somebody waits";
}

TEST(DialsToStart, F016_few_at_once_ahead_of_need) {
  DialNeed need;
  need.wanted = 500;
  need.protocol = Protocol::http1;
  EXPECT_EQ(dials_to_start(need), most_dials_ahead);
  need.dialing = most_dials_ahead - 1;
  EXPECT_EQ(dials_to_start(need), 1u);
}

TEST(DialsToStart, who_waits_comes_before_what_is_spare) {
  DialNeed need;
  need.wanted = 300;
  need.waiting = 200;
  need.protocol = Protocol::http1;
  EXPECT_EQ(dials_to_start(need), 200u);
}

TEST(BackOffTest, F016_doubles_to_half_a_minute_and_jitters) {
  const TimePoint t0{hours(5)};
  BackOff back_off;
  EXPECT_FALSE(back_off.holds(t0));
  for (const int ms : {100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000}) {
    BackOff other = back_off;
    back_off.on_failure(t0, 0);
    other.on_failure(t0, 255);
    EXPECT_EQ(back_off.next(), t0 + milliseconds(ms) / 2);
    EXPECT_GT(other.next(), t0 + milliseconds(ms) * 99 / 100);
    EXPECT_LE(other.next(), t0 + milliseconds(ms));
  }
  back_off.on_success();
  EXPECT_FALSE(back_off.failing());
}

TEST(BackOffTest, F088_what_another_try_will_hardly_change_is_held_back_for_the_longest_time) {
  const TimePoint t0{hours(5)};
  BackOff back_off;
  back_off.on_lasting_failure(t0, 0);
  EXPECT_EQ(back_off.next(), t0 + BackOff::most / 2);
  back_off.on_lasting_failure(t0, 0);
  EXPECT_EQ(back_off.next(), t0 + BackOff::most / 2);
  back_off.on_success();
  back_off.on_failure(t0, 0);
  EXPECT_EQ(back_off.next(), t0 + BackOff::least / 2) << "forgotten with the first success";
}

TEST(RecentPeakTest, is_kept_for_its_time_and_then_halved) {
  const TimePoint t0{hours(5)};
  RecentPeak peak(t0, minutes(10));
  EXPECT_TRUE(peak.note(3, t0));
  EXPECT_TRUE(peak.note(50, t0 + minutes(1)));
  EXPECT_FALSE(peak.note(7, t0 + minutes(2)));
  EXPECT_EQ(peak.value(t0 + minutes(11)), 50u) << "ten minutes later";
  EXPECT_EQ(peak.value(t0 + minutes(19)), 50u);
  EXPECT_EQ(peak.value(t0 + minutes(21)), 25u);
  EXPECT_EQ(peak.value(t0 + minutes(35)), 12u);
  EXPECT_EQ(peak.value(t0 + hours(500)), 0u);
  EXPECT_TRUE(peak.note(1, t0 + hours(500)));
}

TEST(Placement, fills_one_while_its_window_has_room_and_then_spills) {
  const auto score = [](std::size_t streams, std::uint64_t received, std::uint64_t mean) {
    return placement_score({streams, received, mean, false});
  };
  EXPECT_GT(score(3, 0, 100), score(0, 0, 100)) << "the fuller one, so that requests share packets";
  EXPECT_GT(score(0, 0, 100), score(10, 0, 100)) << "ten packets are out";
  EXPECT_GT(score(10, 1'000'000, 100), score(0, 0, 100)) << "its window has grown";
  EXPECT_GT(score(0, 0, 5000), score(3, 0, 5000)) << "larger answers fill it sooner";
  EXPECT_GT(score(11, 0, 100), score(12, 0, 100)) << "with no room anywhere the least loaded";
  EXPECT_GT(placement_score({90, 0, 100, false}), placement_score({0, 0, 100, true}))
      << "one that will be replaced comes last";
}

TEST(Placement, burst_by_the_size_of_answers) {
  EXPECT_EQ(burst_streams(0), 10u);
  EXPECT_EQ(burst_streams(1400), 10u);
  EXPECT_EQ(burst_streams(4096), 5u);
  EXPECT_EQ(burst_streams(64 * 1024), 1u);
}

class Learned : public testing::Test {
 protected:
  void close(Duration idle, Duration age, std::uint64_t requests) {
    now_ += minutes(1);
    learned_.note({idle, age, requests}, now_);
  }
  CloseLimits limits() { return learned_.limits(now_); }

  TimePoint now_{hours(5)};
  LearnedLimits learned_;
};

TEST_F(Learned, two_ends_at_the_same_idle_age_teach_it) {
  close(seconds(5), seconds(65), 11);
  EXPECT_FALSE(limits().idle) << "one may be chance";
  close(milliseconds(5100), seconds(230), 57);
  ASSERT_TRUE(limits().idle);
  EXPECT_EQ(*limits().idle, seconds(5));
  EXPECT_FALSE(limits().age);
  EXPECT_FALSE(limits().requests);
}

TEST_F(Learned, a_first_request_is_waited_for_differently_than_the_next) {
  for (int i = 0; i < 2; ++i) close(seconds(60), seconds(60), 0);
  for (int i = 0; i < 2; ++i) close(seconds(75), seconds(100), 4);
  EXPECT_EQ(limits().unused, seconds(60));
  EXPECT_EQ(limits().idle, seconds(75));
  const TimePoint t0{hours(5)};
  EXPECT_EQ(planned_end({t0, t0, false, 0, 0}, hours(1), limits()).at, t0 + seconds(48));
  EXPECT_EQ(planned_end({t0, t0, false, 0, 1}, hours(1), limits()).at, t0 + seconds(60));
}

TEST_F(Learned, ends_that_do_not_agree_teach_nothing) {
  for (const int s : {1, 7, 3, 30, 12}) close(seconds(s), seconds(100 + s * 10), 0);
  EXPECT_FALSE(limits().idle);
}

TEST_F(Learned, a_restart_that_ends_all_at_once_counts_as_one) {
  for (int i = 0; i < 5; ++i) learned_.note({seconds(7), seconds(70), 3}, now_);
  EXPECT_FALSE(limits().idle);
}

TEST_F(Learned, ends_after_so_many_requests) {
  close(Duration(0), seconds(20), 200);
  close(Duration(0), seconds(90), 201);
  EXPECT_EQ(limits().requests, 200u);
  EXPECT_FALSE(limits().age) << "their ages differ";
}

TEST_F(Learned, ends_at_an_age) {
  close(Duration(0), seconds(60), 17);
  close(Duration(0), seconds(61), 400);
  EXPECT_EQ(limits().age, seconds(60));
  EXPECT_FALSE(limits().requests);
}

TEST_F(Learned, is_forgotten_after_an_hour) {
  close(seconds(5), seconds(65), 11);
  close(seconds(5), seconds(65), 11);
  now_ += minutes(61);
  EXPECT_FALSE(limits().idle);
  close(seconds(5), seconds(5), 2);
  EXPECT_TRUE(limits().idle) << "and learnt again from one that agrees";
}

TEST_F(Learned, is_recalled) {
  learned_.recall({seconds(5), seconds(60), std::nullopt, 100}, now_);
  EXPECT_EQ(limits(), (CloseLimits{seconds(5), seconds(60), std::nullopt, 100}));
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
