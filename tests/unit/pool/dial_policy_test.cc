// How many dials begin, and when.

#include "ccnproxy/pool/dial_policy.h"

#include <gtest/gtest.h>

#include "ccnproxy/pool/back_off.h"

namespace ccnproxy::pool {
namespace {

using origin::Protocol;
using std::chrono::hours;
using std::chrono::milliseconds;

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

}  // namespace
}  // namespace ccnproxy::pool
