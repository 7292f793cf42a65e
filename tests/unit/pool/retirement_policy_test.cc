// When a connection goes, and what is learnt of when it would have gone.

#include "ccnproxy/pool/retirement_policy.h"

#include <gtest/gtest.h>

#include "ccnproxy/pool/learned_limits.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

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
  EXPECT_EQ(planned_end(idle, hours(1), limits).at, t0 + milliseconds(60'500)) << "half";
  limits.idle = milliseconds(20);
  EXPECT_EQ(planned_end(idle, hours(1), limits).at, t0 + milliseconds(60'010));
  limits.idle = seconds(0);
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

TEST_F(PlannedEndTest, F148_beyond_the_safe_part_of_a_short_limit_nothing_is_lent) {
  const ConnectionLife used{t0, t0 + seconds(60), false, 0, 3};
  const ConnectionLife unused{t0, t0, false, 0, 0};
  CloseLimits limits;
  EXPECT_EQ(lendable_until(used, limits), TimePoint::max());
  limits.idle = seconds(5);
  EXPECT_EQ(lendable_until(used, limits), TimePoint::max());
  limits.idle = seconds(1);
  EXPECT_EQ(lendable_until(used, limits), t0 + milliseconds(60'500));
  EXPECT_EQ(lendable_until(unused, limits), TimePoint::max()) << "another limit holds for it";
  limits.unused = seconds(0);
  EXPECT_EQ(lendable_until(unused, limits), t0);
}

TEST_F(PlannedEndTest, F124_what_an_origin_takes_on_one_connection_may_be_one_request) {
  CloseLimits limits;
  EXPECT_FALSE(is_used_up({t0, t0, false, 0, 1000}, limits));
  limits.requests = 1;
  EXPECT_FALSE(is_used_up({t0, t0, false, 0, 0}, limits));
  EXPECT_TRUE(is_used_up({t0, t0, false, 0, 1}, limits));
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

/// An origin with so many connections at once ends each after 100 requests.
TEST_F(Learned, F124_a_steady_series_is_learnt_at_any_rate) {
  for (const int rate : {1, 2, 4, 5, 6, 10, 20, 50, 100, 200, 500, 1000}) {
    for (const int at_once : {1, 3, 20}) {
      LearnedLimits learned;
      const auto each = std::chrono::nanoseconds(seconds(1)) / rate;
      for (int i = 0; i < 4 * at_once + 2; ++i) {
        now_ += each;
        learned.note({Duration(0), each * at_once, 100}, now_);
      }
      EXPECT_EQ(learned.limits(now_).requests, 100u) << rate << "/s, " << at_once << " at once";
    }
  }
}

TEST_F(Learned, F124_a_restart_counts_once_however_long_it_takes_to_end_all) {
  for (const auto apart : {milliseconds(0), milliseconds(1), milliseconds(20), milliseconds(190)}) {
    LearnedLimits learned;
    const auto begun = now_ += minutes(1);
    for (int i = 0; i < 20; ++i) {
      now_ += apart;
      learned.note({now_ - begun + seconds(30), now_ - begun + seconds(90), 7}, now_);
      learned.note({Duration(0), now_ - begun + seconds(90), 7, true}, now_);
    }
    EXPECT_EQ(learned.limits(now_), CloseLimits{}) << apart / milliseconds(1);
  }
}

TEST_F(Learned, F124_two_restarts_of_what_was_used_differently_teach_nothing) {
  for (const auto requests : {7u, 400u}) {
    now_ += minutes(10);
    for (int i = 0; i < 20; ++i)
      learned_.note({Duration(0), seconds(requests), requests, true}, now_ += milliseconds(10));
  }
  EXPECT_EQ(limits(), CloseLimits{});
}

TEST_F(Learned, F124_three_cuts_within_a_minute_that_do_not_agree_are_a_limit) {
  for (const auto requests : {9u, 12u, 5u}) {
    EXPECT_FALSE(limits().requests);
    now_ += seconds(1);
    learned_.note({Duration(0), milliseconds(30), requests, true}, now_);
  }
  EXPECT_EQ(limits().requests, 5u);
  now_ += seconds(1);
  learned_.note({Duration(0), milliseconds(30), 2, true}, now_);
  EXPECT_EQ(limits().requests, 2u) << "the next cut is believed at once";
}

TEST_F(Learned, F124_cuts_that_are_rare_teach_nothing) {
  for (const auto requests : {9u, 12u, 5u, 30u, 70u}) {
    now_ += minutes(1);
    learned_.note({Duration(0), seconds(30 + requests), requests, true}, now_);
  }
  EXPECT_FALSE(limits().requests);
}

TEST_F(Learned, F124_milliseconds_of_idleness_are_a_limit_too) {
  close(milliseconds(20), milliseconds(300), 3);
  close(milliseconds(27), milliseconds(900), 9);
  EXPECT_EQ(limits().idle, milliseconds(20));
  EXPECT_FALSE(limits().requests);
}

TEST_F(Learned, F148_so_short_a_time_without_a_request_is_a_limit_or_a_dial_that_failed) {
  for (int i = 0; i < 2; ++i) close(milliseconds(150), milliseconds(150), 0);
  EXPECT_FALSE(limits().unused) << "a balancer whose server is down";
  for (int i = 0; i < 2; ++i) close(milliseconds(300), milliseconds(300), 0);
  EXPECT_EQ(limits().unused, milliseconds(300));
  now_ += minutes(10);
  EXPECT_FALSE(limits().unused) << "it may have been an outage: looked at again";
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

}  // namespace
}  // namespace ccnproxy::pool
