// How many connections there are, and where a request goes.

#include "ccnproxy/pool/readiness_policy.h"

#include <gtest/gtest.h>

#include "ccnproxy/pool/placement_policy.h"
#include "ccnproxy/pool/recent_peak.h"

namespace ccnproxy::pool {
namespace {

using origin::Protocol;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr auto unknown = std::nullopt;

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

TEST(Hedged, requests_need_a_second_connection_to_a_far_http2_origin) {
  Readiness readiness{true, Protocol::http2, 0, 1, 100, 10, std::nullopt};
  readiness.hedged = true;
  EXPECT_EQ(connections_wanted(readiness, pool_settings(1)), 2u);
  readiness.far = false;
  EXPECT_EQ(connections_wanted(readiness, pool_settings(1)), 1u);
}

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
                      11},
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
        ReadinessCase{"http2_F034_on_a_lossy_path_one_for_each_of_the_peak",
                      {true, Protocol::http2, 0, 12, 100, 10, no_limit, true, false, {}, 1},
                      pool_settings(1),
                      12},
        ReadinessCase{"http2_F034_on_a_lossy_path_no_more_than_a_burst_is_worth",
                      {true, Protocol::http2, 0, 50, 100, 10, no_limit, true, false, {}, 1},
                      pool_settings(1),
                      widest_burst},
        ReadinessCase{"http2_F034_lossy_and_near",
                      {true, Protocol::http2, 0, 12, 100, 10, no_limit, false, false, {}, 1},
                      pool_settings(1),
                      1},
        ReadinessCase{"http2_F034_large_bodies_beside_small_requests",
                      {true, Protocol::http2, 2, 4, 100, 10, no_limit, true, false, {}, no_loss, 3},
                      pool_settings(1),
                      4},
        ReadinessCase{"http2_of_one_stream",
                      {true, Protocol::http2, 3, 3, 1, 10, no_limit},
                      pool_settings(1),
                      3}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(ReadinessWorth, F148_a_limit_of_a_few_seconds_is_not_worth_it) {
  EXPECT_TRUE(is_worth_keeping_ready(std::nullopt));
  for (int tenths = 0; tenths < 40; ++tenths)
    EXPECT_FALSE(is_worth_keeping_ready(std::chrono::milliseconds(100) * tenths)) << tenths;
  EXPECT_TRUE(is_worth_keeping_ready(seconds(4)));
  EXPECT_TRUE(is_worth_keeping_ready(seconds(60)));
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
  EXPECT_GT(score(0, 1'000'000, 100), score(0, 0, 100)) << "of idle ones the one that is wide";
  EXPECT_GT(score(1, 0, 100), score(0, 1'000'000, 100)) << "but the fuller one before it";
  EXPECT_GT(score(0, 0, 5000), score(3, 0, 5000)) << "larger answers fill it sooner";
  EXPECT_GT(score(11, 0, 100), score(12, 0, 100)) << "with no room anywhere the least loaded";
  EXPECT_GT(placement_score({90, 0, 100, false}), placement_score({0, 0, 100, true}))
      << "one that will be replaced comes last";
}

TEST(Placement, F034_on_a_lossy_path_no_more_share_one_than_should) {
  const auto score = [](std::size_t streams, std::uint64_t received) {
    return placement_score({streams, received, 100, false, false, 3});
  };
  EXPECT_GT(score(2, 0), score(0, 0)) << "the fullest that has room";
  EXPECT_GT(score(0, 0), score(3, 1'000'000));
  EXPECT_GT(score(3, 0), score(4, 1'000'000)) << "beyond that the least loaded";
}

TEST(Placement, F034_one_that_waits_for_a_lost_packet_comes_after_those_that_do_not) {
  PlacementFacts idle{0, 0, 100, false, false, 1};
  PlacementFacts busy{1, 0, 100, false, false, 1};
  EXPECT_GT(placement_score(idle), placement_score(busy));
  idle.overdue = true;
  EXPECT_LT(placement_score(idle), placement_score(busy));
  PlacementFacts bulk{0, 0, 100, false, true, 1};
  EXPECT_GT(placement_score(idle), placement_score(bulk));
}

TEST(Placement, F034_after_all_those_without_a_large_body) {
  EXPECT_GT(placement_score({50, 0, 100, false, false}),
            placement_score({1, 1'000'000, 100, false, true}));
  EXPECT_GT(placement_score({1, 0, 100, false, true}), placement_score({0, 0, 100, true, false}))
      << "but before one that will be replaced";
}

TEST(Placement, burst_by_the_size_of_answers) {
  EXPECT_EQ(burst_streams(0), 10u);
  EXPECT_EQ(burst_streams(1428), 10u);
  EXPECT_EQ(burst_streams(1429), 5u);  // rounded up: a packet more may be the one that waits
  EXPECT_EQ(burst_streams(4096), 3u);
  EXPECT_EQ(burst_streams(64 * 1024), 1u);
}

}  // namespace
}  // namespace ccnproxy::pool
