#include "ccnproxy/http2/window_policy.h"

#include <list>

#include <gtest/gtest.h>

namespace ccnproxy::http2 {
namespace {

constexpr std::int64_t MiB = 1024 * 1024;

TEST(WindowPolicy, F061_starts_at_a_megabyte_not_at_64_kilobytes) {
  WindowBudget budget;
  const WindowPolicy policy(budget);
  EXPECT_EQ(policy.window(), MiB);
  EXPECT_EQ(budget.left, 64 * MiB) << "the start costs nothing of it";
}

TEST(WindowPolicy, F061_doubles_when_a_quarter_of_it_was_taken_without_a_backlog) {
  WindowBudget budget;
  WindowPolicy policy(budget);
  EXPECT_FALSE(policy.on_taken(MiB / 4 - 1, 0));
  EXPECT_TRUE(policy.on_taken(1, 0));
  EXPECT_EQ(policy.window(), 2 * MiB);
  EXPECT_FALSE(policy.on_taken(MiB / 2 - 1, 0)) << "now of the larger window";
  EXPECT_TRUE(policy.on_taken(1, 0));
  EXPECT_EQ(policy.window(), 4 * MiB);
}

TEST(WindowPolicy, F062_a_client_that_falls_behind_keeps_what_it_has) {
  WindowBudget budget;
  WindowPolicy policy(budget);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(policy.on_taken(MiB / 4 - 1, 0));
    EXPECT_FALSE(policy.on_taken(MiB, 1)) << "a backlog begins the count anew";
  }
  EXPECT_EQ(policy.window(), MiB);
}

TEST(WindowPolicy, F061_ends_at_8_megabytes) {
  WindowBudget budget;
  WindowPolicy policy(budget);
  for (int i = 0; i < 20; ++i) policy.on_taken(64 * MiB, 0);
  EXPECT_EQ(policy.window(), 8 * MiB);
  EXPECT_EQ(budget.left, 57 * MiB);
  EXPECT_FALSE(policy.on_taken(64 * MiB, 0));
}

TEST(WindowPolicy, F061_all_streams_together_stay_within_the_budget_and_give_it_back) {
  WindowBudget budget;
  {
    std::list<WindowPolicy> policies;
    for (int i = 0; i < 50; ++i) {
      auto& policy = policies.emplace_back(budget);
      for (int k = 0; k < 10; ++k) {
        policy.on_taken(64 * MiB, 0);
        ASSERT_GE(budget.left, 0);
      }
    }
    std::int64_t grown = 0;
    for (const auto& policy : policies) grown += policy.window() - WindowPolicy::start;
    EXPECT_EQ(grown + budget.left, 64 * MiB);
    EXPECT_LT(budget.left, MiB) << "it is there to be used";
    EXPECT_EQ(policies.back().window(), MiB) << "nothing is left for the last";
  }
  EXPECT_EQ(budget.left, 64 * MiB);
}

TEST(WindowPolicy, F061_grows_later_when_others_have_given_back) {
  WindowBudget budget{0};
  WindowPolicy policy(budget);
  EXPECT_FALSE(policy.on_taken(MiB, 0));
  budget.left = MiB;
  EXPECT_TRUE(policy.on_taken(1, 0));
  EXPECT_EQ(policy.window(), 2 * MiB);
  EXPECT_EQ(budget.left, 0);
}

TEST(RestoreWindows, F062_not_where_a_crowd_waits_for_its_clients) {
  WindowBudget budget;
  const TimePoint now{std::chrono::seconds(1000)};
  EXPECT_FALSE(may_restore_windows(9, now, budget));
  EXPECT_TRUE(may_restore_windows(8, now, budget)) << "who may not takes no turn away";
}

TEST(RestoreWindows, F062_one_connection_after_the_other) {
  WindowBudget budget;
  const TimePoint now{std::chrono::seconds(1000)};
  EXPECT_TRUE(may_restore_windows(0, now, budget));
  EXPECT_FALSE(may_restore_windows(0, now + std::chrono::milliseconds(99), budget));
  EXPECT_TRUE(may_restore_windows(0, now + std::chrono::milliseconds(100), budget));
}

}  // namespace
}  // namespace ccnproxy::http2
