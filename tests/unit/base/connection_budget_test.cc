#include "ccnproxy/base/connection_budget.h"

#include <thread>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

using For = ConnectionBudget::For;

std::shared_ptr<ConnectionBudget> budget_of(std::size_t limit, std::size_t workers = 1) {
  return std::make_shared<ConnectionBudget>(workers, limit);
}

/// Takes until there is no room.
std::vector<ConnectionLease> take_all(ConnectionBudget& budget, For purpose) {
  std::vector<ConnectionLease> leases;
  for (;;) {
    auto lease = budget.take(purpose);
    if (!lease) return leases;
    leases.push_back(std::move(lease));
  }
}

TEST(ConnectionBudget, F152_is_never_exceeded_and_given_back_by_each_lease) {
  const auto budget = budget_of(16);
  auto leases = take_all(*budget, For::request);
  EXPECT_EQ(leases.size(), 16U);
  EXPECT_FALSE(budget->has_room(For::request));
  leases.pop_back();
  EXPECT_TRUE(budget->take(For::request)) << "and given back at once";
  leases.clear();
  EXPECT_EQ(budget->used(), 0U);
}

TEST(ConnectionBudget, F152_connections_ahead_of_need_leave_an_eighth_to_requests) {
  const auto budget = budget_of(16);
  const auto ahead = take_all(*budget, For::ahead);
  EXPECT_EQ(ahead.size(), 14U);
  EXPECT_EQ(take_all(*budget, For::kept).size(), 2U) << "pool.warm may have them all";
  EXPECT_EQ(take_all(*budget, For::request).size(), 2U);
}

TEST(ConnectionBudget, F152_tunnels_leave_a_quarter) {
  const auto budget = budget_of(16);
  auto tunnels = take_all(*budget, For::tunnel);
  EXPECT_EQ(tunnels.size(), 12U);
  EXPECT_TRUE(budget->is_full_of_tunnels());
  const auto requests = take_all(*budget, For::request);
  EXPECT_EQ(requests.size(), 4U);
  tunnels.pop_back();
  EXPECT_FALSE(budget->is_full_of_tunnels());
  EXPECT_TRUE(budget->has_room(For::tunnel));
}

TEST(ConnectionBudget, F152_a_tunnel_that_finds_no_room_counts_for_none) {
  const auto budget = budget_of(4);
  auto requests = take_all(*budget, For::request);
  EXPECT_FALSE(budget->take(For::tunnel));
  requests.clear();
  EXPECT_EQ(take_all(*budget, For::tunnel).size(), 3U);
}

TEST(ConnectionBudget, F152_one_connection_is_of_use) {
  const auto budget = budget_of(1);
  for (const auto purpose : {For::ahead, For::kept, For::request, For::tunnel})
    EXPECT_TRUE(budget->take(purpose)) << static_cast<int>(purpose);
}

TEST(ConnectionBudget, F152_tells_each_worker_that_wants_room_once) {
  const auto budget = budget_of(2, 3);
  std::vector<std::size_t> told;
  budget->tell_of_room([&](std::size_t worker) { told.push_back(worker); });
  auto leases = take_all(*budget, For::request);
  budget->want(0);
  budget->want(2);
  leases.pop_back();
  EXPECT_EQ(told, (std::vector<std::size_t>{0, 2}));
  leases.pop_back();
  EXPECT_EQ(told.size(), 2U);
}

TEST(ConnectionBudget, F152_a_lower_limit_holds_for_what_comes_and_says_what_is_too_much) {
  const auto budget = budget_of(32);
  auto leases = take_all(*budget, For::request);
  EXPECT_EQ(budget->crowd(), 2U) << "the last sixteenth";
  budget->set_limit(16);
  EXPECT_EQ(budget->crowd(), 17U);
  leases.resize(16);
  EXPECT_FALSE(budget->take(For::request));
  leases.resize(15);
  EXPECT_TRUE(budget->take(For::request));
  EXPECT_EQ(budget->crowd(), 0U);
}

TEST(ConnectionBudget, F152_a_lease_that_is_moved_counts_once) {
  const auto budget = budget_of(2);
  auto first = budget->take(For::request);
  auto second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move)
  second = budget->take(For::request);
  EXPECT_EQ(budget->used(), 1U);
}

TEST(ConnectionBudget, F152_workers_together_never_take_more) {
  const auto budget = budget_of(10);
  std::atomic<std::size_t> most{0};
  const auto work = [&] {
    for (int i = 0; i < 20'000; ++i) {
      const auto lease = budget->take(i % 2 == 0 ? For::request : For::tunnel);
      const auto used = budget->used();
      for (auto seen = most.load(); used > seen && !most.compare_exchange_weak(seen, used);) {
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  EXPECT_LE(most.load(), 10U);
  EXPECT_EQ(budget->used(), 0U);
}

}  // namespace
}  // namespace ccnproxy
