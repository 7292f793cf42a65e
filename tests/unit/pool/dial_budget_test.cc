// How many dials one pool may begin, whatever the reason; and when one has succeeded.

#include "ccnproxy/pool/dial_budget.h"

#include <gtest/gtest.h>

#include "ccnproxy/pool/trial_policy.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint t0{hours(5)};

TEST(DialBudgetTest, F147_requests_at_an_origin_that_fails_share_few_tries) {
  DialBudget budget;
  std::size_t dials = 0;
  for (Duration t{0}; t < minutes(1); t += milliseconds(1)) {
    budget.on_wait();
    if (budget.for_waiting(t0 + t, true) == 0) continue;
    budget.on_dial_for_waiting(true);
    ++dials;
  }
  EXPECT_EQ(dials, 10u + 119u);
}

TEST(DialBudgetTest, a_request_that_waits_pays_for_one_dial_where_the_origin_is_well) {
  DialBudget budget;
  for (int i = 0; i < 500; ++i) budget.on_wait();
  EXPECT_EQ(budget.for_waiting(t0, false), 510u);
  for (int i = 0; i < 510; ++i) budget.on_dial_for_waiting(false);
  EXPECT_EQ(budget.for_waiting(t0, false), 0u);
  EXPECT_EQ(budget.next_try(t0), t0 + milliseconds(500));
  EXPECT_EQ(budget.for_waiting(t0 + milliseconds(500), false), 1u);
}

TEST(DialBudgetTest, one_server_of_two_that_is_down_does_not_slow_the_other) {
  DialBudget budget;
  for (int i = 0; i < 10'000; ++i) {
    for (const bool fails : {true, false}) {
      ASSERT_GT(budget.for_waiting(t0, true), 0u);
      budget.on_dial_for_waiting(true);
      if (!fails) budget.on_success();
    }
  }
  for (int i = 0; i < 100; ++i) budget.on_success();
  EXPECT_EQ(budget.for_waiting(t0, true), 10u) << "but nothing is saved up";
}

TEST(DialBudgetTest, what_requests_paid_for_and_did_not_need_is_forgotten_with_the_queue) {
  DialBudget budget;
  for (int i = 0; i < 500; ++i) budget.on_wait();
  budget.on_queue_empty();
  EXPECT_EQ(budget.for_waiting(t0, false), 10u);
}

TEST(DialBudgetTest, F148_ahead_of_need_one_connection_costs_a_dial_each_few_seconds) {
  for (const std::size_t wanted : {0u, 1u, 2u, 6u, 20u, 500u}) {
    DialBudget budget;
    std::size_t dials = 0;
    for (Duration t{0}; t < minutes(1); t += milliseconds(1)) {
      if (budget.ahead(t0 + t, wanted) == 0) continue;
      budget.on_dial_ahead();
      ++dials;
    }
    const double a_second = std::min(2.0, std::max(1.0, static_cast<double>(wanted)) / 3);
    const auto most = 8.0 + 2.0 * static_cast<double>(wanted) + 60 * a_second;
    EXPECT_LE(static_cast<double>(dials), most) << wanted;
    EXPECT_GE(static_cast<double>(dials), most - 2) << wanted;
  }
}

TEST(DialBudgetTest, a_start_and_a_restart_of_the_origin_after_it_are_not_held_back) {
  DialBudget budget;
  for (int i = 0; i < 200; ++i) {
    ASSERT_GT(budget.ahead(t0, 100), 0u);
    budget.on_dial_ahead();
  }
}

TEST(DialBudgetTest, a_connection_that_is_used_has_paid_for_the_next) {
  DialBudget budget;
  for (int i = 0; i < 100'000; ++i) {
    ASSERT_GT(budget.ahead(t0, 1), 0u);
    budget.on_dial_ahead();
    budget.on_first_use();
  }
  for (int i = 0; i < 100; ++i) budget.on_first_use();
  EXPECT_EQ(budget.ahead(t0, 1), 10u) << "but nothing is saved up";
}

TEST(DialBudgetTest, says_when_the_next_one_may_begin_ahead_of_need) {
  DialBudget budget;
  EXPECT_EQ(budget.next_ahead(t0, 1), t0);
  for (int i = 0; i < 10; ++i) {
    budget.ahead(t0, 1);
    budget.on_dial_ahead();
  }
  EXPECT_EQ(budget.ahead(t0, 1), 0u);
  const auto next = budget.next_ahead(t0, 1);
  EXPECT_EQ((next - t0) / milliseconds(1), 3000);
  EXPECT_EQ(budget.ahead(next + milliseconds(1), 1), 1u);
}

struct TrialCase {
  const char* name;
  Trial trial;
  Verdict expected;
};

class VerdictOf : public testing::TestWithParam<TrialCase> {};

TEST_P(VerdictOf, follows_the_table) {
  EXPECT_EQ(verdict_of(GetParam().trial), GetParam().expected);
}

// age, answers, gone, told
INSTANTIATE_TEST_SUITE_P(
    F147, VerdictOf,
    testing::Values(
        TrialCase{"just_made", {milliseconds(0), 0, false, false}, Verdict::open},
        TrialCase{"not_yet_a_second", {milliseconds(999), 0, false, false}, Verdict::open},
        TrialCase{"lived_for_a_second", {seconds(1), 0, false, false}, Verdict::passed},
        TrialCase{"answered", {milliseconds(3), 1, false, false}, Verdict::passed},
        TrialCase{"answered_and_ended", {milliseconds(3), 1, true, false}, Verdict::passed},
        TrialCase{"answered_and_told_to_go", {milliseconds(3), 1, true, true}, Verdict::passed},
        TrialCase{"ended_at_once", {milliseconds(0), 0, true, false}, Verdict::failed},
        TrialCase{"ended_within_a_second", {milliseconds(999), 0, true, false}, Verdict::failed},
        TrialCase{"ended_later", {seconds(1), 0, true, false}, Verdict::passed},
        TrialCase{"told_to_go_under_a_request", {milliseconds(5), 0, false, true}, Verdict::open},
        TrialCase{"told_to_go_and_slow", {seconds(5), 0, false, true}, Verdict::open},
        TrialCase{"told_to_go_and_ended_later", {seconds(5), 0, true, true}, Verdict::failed}),
    [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace ccnproxy::pool
