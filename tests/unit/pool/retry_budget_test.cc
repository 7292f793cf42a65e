// How many retries an origin gets.

#include "ccnproxy/pool/retry_budget.h"

#include <gtest/gtest.h>

namespace ccnproxy::pool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

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
