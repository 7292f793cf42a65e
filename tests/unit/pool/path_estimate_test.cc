// What the counters of connections say of their path, and how many requests should share one.

#include "ccnproxy/pool/path_estimate.h"

#include <gtest/gtest.h>

#include "ccnproxy/pool/spread_policy.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint t0{std::chrono::hours(5)};

TEST(PacketsBetween, counts_what_was_sent_again_and_gaps_in_what_came) {
  const PathCounters before{100, 1, 200, 3, milliseconds(100)};
  const PathCounters after{150, 3, 300, 3, milliseconds(100)};
  const auto seen = packets_between(before, after, seconds(1));
  EXPECT_DOUBLE_EQ(seen.packets, 150);
  EXPECT_DOUBLE_EQ(seen.lost, 2);
}

TEST(PacketsBetween, packets_behind_one_gap_are_one_loss) {
  const PathCounters before{0, 0, 0, 0, milliseconds(100)};
  // A thousand packets in ten round trips, a hundred each: two gaps, with what came behind them.
  const PathCounters bulk{10, 0, 1000, 200, milliseconds(100)};
  EXPECT_DOUBLE_EQ(packets_between(before, bulk, seconds(1)).lost, 2);
  // Few packets a round trip: each is a gap of its own.
  const PathCounters few{10, 0, 10, 1, milliseconds(100)};
  EXPECT_DOUBLE_EQ(packets_between(before, few, seconds(10)).lost, 1);
}

TEST(PacketsBetween, counters_of_another_connection_say_nothing) {
  const PathCounters before{100, 1, 200, 3, milliseconds(100)};
  EXPECT_EQ(packets_between(before, {}, seconds(1)).packets, 0);
  EXPECT_EQ(packets_between(before, {200, 0, 300, 9, milliseconds(100)}, seconds(1)).lost, 0);
}

TEST(PathEstimateTest, a_few_losses_are_chance) {
  PathEstimate path;
  path.note(10'000, 0, t0);
  EXPECT_EQ(path.loss(t0), 0);
  path.note(100, 2, t0);
  EXPECT_EQ(path.loss(t0), 0);
  path.note(0, 1, t0);
  EXPECT_NEAR(path.loss(t0), 3 / 10'100.0, 1e-9);
}

TEST(PathEstimateTest, few_packets_are_no_sample) {
  PathEstimate path;
  path.note(20, 10, t0);
  EXPECT_EQ(path.loss(t0), 0);
  path.note(80, 0, t0);
  EXPECT_NEAR(path.loss(t0), 0.1, 1e-9);
}

TEST(PathEstimateTest, no_loss_among_many_packets_is_measured_and_few_packets_are_not) {
  PathEstimate path;
  EXPECT_EQ(path.measured(t0), std::nullopt);
  path.note(1000, 0, t0);
  EXPECT_EQ(path.measured(t0), 0);
  EXPECT_EQ(path.measured(t0 + minutes(60)), std::nullopt) << "long ago";
}

TEST(PathEstimateTest, what_was_measured_before_a_restart_holds_for_minutes) {
  PathEstimate path;
  path.recall(0.01, t0);
  EXPECT_NEAR(path.loss(t0), 0.01, 1e-9);
  EXPECT_NEAR(path.loss(t0 + minutes(2)), 0.01, 1e-9);
  EXPECT_EQ(path.loss(t0 + minutes(10)), 0);
  PathEstimate heard;
  heard.note(500, 0, t0);
  heard.recall(0.01, t0);
  EXPECT_EQ(heard.loss(t0), 0) << "this process has measured itself";
}

TEST(PathEstimateTest, a_path_that_heals_is_clean_again_within_minutes) {
  PathEstimate path;
  for (int i = 0; i < 60; ++i) path.note(400, 4, t0 + seconds(i));
  const auto lossy = path.loss(t0 + seconds(60));
  EXPECT_NEAR(lossy, 0.01, 1e-4);
  TimePoint at = t0 + seconds(60);
  for (int i = 0; i < 300; ++i) path.note(400, 0, at += seconds(1));
  EXPECT_LT(path.loss(at), least_loss);
  EXPECT_GT(path.loss(at - minutes(4)), 0) << "time does not run back";
}

TEST(PathEstimateTest, is_forgotten_when_nothing_is_counted) {
  PathEstimate path;
  path.note(400, 4, t0);
  EXPECT_GT(path.loss(t0 + seconds(30)), 0);
  EXPECT_EQ(path.loss(t0 + minutes(5)), 0);
}

/// Not at the same number of losses both ways.
TEST(PathEstimateTest, does_not_flap) {
  PathEstimate path;
  path.note(400, 3, t0);
  EXPECT_GT(path.loss(t0 + seconds(20)), 0) << "2.4 losses are left";
  PathEstimate other;
  other.note(400, 2.4, t0);
  EXPECT_EQ(other.loss(t0), 0);
}

TEST(StreamsOnLossyPath, are_fewer_the_more_is_lost) {
  EXPECT_EQ(streams_on_lossy_path(0), no_loss);
  EXPECT_EQ(streams_on_lossy_path(0.0004), no_loss);
  EXPECT_EQ(streams_on_lossy_path(0.0005), 13u);
  EXPECT_EQ(streams_on_lossy_path(0.001), 6u);
  EXPECT_EQ(streams_on_lossy_path(0.003), 3u);
  EXPECT_EQ(streams_on_lossy_path(0.01), 3u) << "one tells that another was lost";
  EXPECT_EQ(streams_on_lossy_path(0.019), 3u);
  EXPECT_EQ(streams_on_lossy_path(0.02), 1u);
  EXPECT_EQ(streams_on_lossy_path(0.5), 1u);
}

}  // namespace
}  // namespace ccnproxy::pool
