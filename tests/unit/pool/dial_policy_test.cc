// How many dials begin, and when.

#include "ccnproxy/pool/dial_policy.h"

#include <gtest/gtest.h>

#include "ccnproxy/pool/back_off.h"
#include "ccnproxy/pool/http1_refusals.h"

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

struct BoundCase {
  const char* name;
  DialNeed need;
  std::size_t expected;
};

class DialsWithinBounds : public testing::TestWithParam<BoundCase> {};

TEST_P(DialsWithinBounds, follows_the_table) {
  EXPECT_EQ(dials_to_start(GetParam().need), GetParam().expected);
}

/// Ahead of need, unless some wait.
constexpr DialNeed need_of(std::size_t waiting, bool failing, bool held_back,
                           std::size_t on_trial = 0, std::size_t dialing = 0) {
  DialNeed need;
  need.waiting = waiting;
  need.wanted = 5;
  need.open = on_trial;
  need.on_trial = on_trial;
  need.dialing = dialing;
  need.protocol = Protocol::http1;
  need.failing = failing;
  need.held_back = held_back;
  return need;
}
constexpr DialNeed within(DialNeed need, std::size_t for_waiting, std::size_t for_readiness,
                          std::size_t of_worker = 0) {
  need.for_waiting = for_waiting;
  need.for_readiness = for_readiness;
  need.of_worker = of_worker;
  return need;
}

INSTANTIATE_TEST_SUITE_P(
    Table, DialsWithinBounds,
    testing::Values(
        BoundCase{"well", need_of(0, false, false), 5},
        BoundCase{"F147_well_and_on_trial", need_of(0, false, false, 2), 3},
        BoundCase{"F147_failing", need_of(0, true, false), 1},
        BoundCase{"F147_failing_and_one_on_trial", need_of(0, true, false, 1), 0},
        BoundCase{"F147_failing_and_one_on_its_way", need_of(0, true, false, 0, 1), 0},
        BoundCase{"F147_failing_and_too_early", need_of(0, true, true), 0},
        BoundCase{"F147_failing_some_wait", need_of(4, true, true), 1},
        BoundCase{"F147_failing_some_wait_one_on_trial", need_of(4, true, true, 1), 1},
        BoundCase{"F147_failing_some_wait_one_on_its_way", need_of(4, true, true, 0, 1), 0},
        BoundCase{"F147_no_try_is_left", within(need_of(4, true, false), 0, no_bound), 0},
        BoundCase{"well_and_nothing_is_paid_for", within(need_of(4, false, false), 0, 9), 0},
        BoundCase{"well_and_less_is_paid_for", within(need_of(4, false, false), 3, 9), 3},
        BoundCase{"F148_too_much_ahead_lately", within(need_of(0, false, false), 9, 0), 0},
        BoundCase{"F148_much_ahead_lately", within(need_of(0, false, false), 9, 2), 2},
        BoundCase{"F148_who_waits_does_not_mind", within(need_of(4, false, false), 9, 0), 4},
        BoundCase{"the_worker_dials_enough",
                  within(need_of(0, false, false), 9, 9, most_dials_of_a_worker), 0},
        BoundCase{"the_worker_dials_enough_but_some_wait",
                  within(need_of(4, false, false), 9, 9, most_dials_of_a_worker), 4}),
    [](const auto& of) { return std::string(of.param.name); });

struct ExclusiveCase {
  const char* name;
  std::size_t waiting;
  std::size_t dialing;
  std::size_t of_pool;  ///< on their way
  bool failing;
  bool known;
  std::size_t budget;
  std::size_t expected;
  std::size_t expected_of_pool = 0;  ///< ahead of need, with five wanted
};

class ExclusiveDialsToStart : public testing::TestWithParam<ExclusiveCase> {};

TEST_P(ExclusiveDialsToStart, follows_the_table) {
  const auto& c = GetParam();
  DialNeed need;
  need.wanted = 5;
  need.exclusive_waiting = c.waiting;
  need.exclusive_dialing = c.dialing;
  need.dialing = c.of_pool;
  need.failing = c.failing;
  need.answers_dials = c.known;
  need.for_waiting = c.budget;
  EXPECT_EQ(exclusive_dials_to_start(need), c.expected);
  EXPECT_EQ(dials_to_start(need), c.expected_of_pool);
  need.max_connections = 1;
  EXPECT_EQ(exclusive_dials_to_start(need), c.expected) << "each has a place";
}

INSTANTIATE_TEST_SUITE_P(
    Table, ExclusiveDialsToStart,
    testing::Values(ExclusiveCase{"one_each", 7, 3, 0, false, true, no_bound, 7, 5},
                    ExclusiveCase{"as_far_as_paid_for", 7, 3, 0, false, true, 4, 4, 5},
                    ExclusiveCase{"F147_never_connected", 7, 0, 0, false, false, no_bound, 1, 5},
                    ExclusiveCase{"F147_never_connected_and_one_on_its_way", 7, 1, 0, false, false,
                                  no_bound, 0, 5},
                    ExclusiveCase{"F147_never_connected_and_one_of_the_pool", 7, 0, 1, false, false,
                                  no_bound, 0, 4},
                    ExclusiveCase{"F147_failing", 7, 0, 0, true, true, no_bound, 1, 1},
                    ExclusiveCase{"F147_failing_one_on_its_way", 7, 1, 0, true, true, no_bound, 0},
                    ExclusiveCase{"F147_failing_one_of_the_pool", 7, 0, 1, true, true, no_bound, 0},
                    ExclusiveCase{"F147_no_try_is_left", 7, 0, 0, true, true, 0, 0, 1}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(Http1RefusalsTest, F147_an_origin_that_speaks_http2_alone_is_asked_rarely) {
  const TimePoint t0{hours(5)};
  Http1Refusals refusals;
  int asked = 0;
  Duration t{0};
  for (; t < std::chrono::seconds(40); t += milliseconds(1)) {
    if (refusals.expects_refusal(t0 + t)) continue;
    refusals.on_asked(t0 + t, 0);
    ++asked;
    EXPECT_EQ(refusals.expects_refusal(t0 + t), asked > 1) << "one at a time";
    refusals.on_refused(t0 + t, 0);
  }
  EXPECT_EQ(asked, 10);
  EXPECT_GT(refusals.next(), t0 + t);
}

TEST(Http1RefusalsTest, one_answer_ends_it) {
  const TimePoint t0{hours(5)};
  Http1Refusals refusals;
  refusals.on_refused(t0, 0);
  EXPECT_TRUE(refusals.expects_refusal(t0));
  refusals.on_spoken();
  EXPECT_FALSE(refusals.expects_refusal(t0));
}

TEST(BackOffTest, F147_dials_that_were_under_way_together_fail_together) {
  const TimePoint t0{hours(5)};
  BackOff back_off;
  EXPECT_FALSE(back_off.knows_of(t0));
  back_off.on_failure(t0 + milliseconds(5), 0);
  EXPECT_TRUE(back_off.knows_of(t0));
  EXPECT_FALSE(back_off.knows_of(t0 + milliseconds(5)));
  for (int i = 0; i < 20; ++i) back_off.on_failed_together();
  EXPECT_EQ(back_off.next(), t0 + milliseconds(55)) << "a restart's failures are no outage";
  back_off.on_failure(t0 + milliseconds(55), 0);
  EXPECT_EQ(back_off.next(), t0 + milliseconds(55 + 400));
  back_off.on_success();
  EXPECT_FALSE(back_off.knows_of(t0));
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
