#include "ccnproxy/admin/pools_query.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports.h"

namespace ccnproxy::admin {
namespace {

using Order = PoolsQuery::Order;
using ::testing::ElementsAre;

ChosenPools chosen_of(const Reports& reports, const PoolsQuery& query) {
  return choose(reports, query, OriginsHealth(reports));
}

std::vector<std::string> names(const ChosenPools& chosen) {
  std::vector<std::string> all;
  for (const auto& [origin, pools] : chosen.origins) {
    for (const auto* pool : pools) all.push_back(pool->origin + ' ' + std::to_string(pool->worker));
  }
  return all;
}

TEST(PoolsQuery, reads_what_is_asked) {
  const auto query =
      parse_pools_query("origin=https%3A%2F%2Fa&contains=b%20c&by=attention&top=25&else=1");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->origin, "https://a");
  EXPECT_EQ(query->contains, "b c");
  EXPECT_EQ(query->by, Order::attention);
  EXPECT_EQ(query->top, 25U);
  const std::pair<const char*, Order> orders[] = {{"by=name", Order::name},
                                                  {"by=requests", Order::requests},
                                                  {"by=connections", Order::connections},
                                                  {"by=unready", Order::unready},
                                                  {"by=", Order::name},
                                                  {"", Order::name}};
  for (const auto& [text, order] : orders) EXPECT_EQ(parse_pools_query(text)->by, order) << text;
  EXPECT_FALSE(parse_pools_query("")->top);
}

TEST(PoolsQuery, what_means_nothing_is_not_guessed) {
  for (const char* text : {"by=Name", "by=size", "top=-1", "top=ten", "top=1x",
                           "top=99999999999999999999", "top=1%20"})
    EXPECT_FALSE(parse_pools_query(text)) << text;
}

TEST(PoolsQuery, all_in_order_of_name_and_worker) {
  const auto reports = reports_of({worker_with(0, {pool_of("https://b"), pool_of("https://a")}),
                                   worker_with(1, {pool_of("https://b")})});
  const auto chosen = chosen_of(reports, {});
  EXPECT_THAT(names(chosen), ElementsAre("https://a 0", "https://b 0", "https://b 1"));
  EXPECT_EQ(chosen.matching, 2U);
}

TEST(PoolsQuery, a_part_of_the_name_in_any_case) {
  const auto reports =
      reports_of({worker_with(0, {pool_of("https://api.shop"), pool_of("https://pay.example")})});
  EXPECT_THAT(names(chosen_of(reports, {.contains = "PAY.ex"})),
              ElementsAre("https://pay.example 0"));
  EXPECT_EQ(chosen_of(reports, {.contains = "<script>"}).matching, 0U);
}

TEST(PoolsQuery, F098_no_more_than_the_top_but_the_count_is_of_all) {
  std::vector<pool::PoolReport> pools;
  for (int i = 0; i < 2000; ++i) pools.push_back(pool_of("https://o" + std::to_string(i), 1 + i));
  const auto reports = reports_of({worker_with(0, pools)});
  const auto chosen = chosen_of(reports, {.by = Order::requests, .top = 3});
  EXPECT_THAT(names(chosen), ElementsAre("https://o1999 0", "https://o1998 0", "https://o1997 0"));
  EXPECT_EQ(chosen.matching, 2000U);
  EXPECT_EQ(chosen_of(reports, {.top = 0}).origins.size(), 0U);
}

TEST(PoolsQuery, what_all_workers_did_counts) {
  const auto reports =
      reports_of({worker_with(0, {pool_of("https://a", 5), pool_of("https://b", 4)}),
                  worker_with(1, {pool_of("https://b", 4)})});
  EXPECT_EQ(chosen_of(reports, {.by = Order::requests}).origins[0].origin, "https://b");
}

TEST(PoolsQuery, attention_first_to_what_fails_then_waits_then_has_none_ready) {
  auto fails = pool_of("https://fails", 1), waits = pool_of("https://waits", 1),
       none = pool_of("https://none", 1), fine = pool_of("https://fine", 9),
       idle = pool_of("https://idle", 8);
  fails.last_failure = "refused";
  waits.waiting = 1;
  none.wanted = fine.wanted = 1;
  fine.connections.resize(1);
  fine.connections[0].state = "ready";
  const auto reports = reports_of({worker_with(0, {fine, idle, none, waits, fails})});
  EXPECT_THAT(names(chosen_of(reports, {.by = Order::attention})),
              ElementsAre("https://fails 0", "https://waits 0", "https://none 0", "https://fine 0",
                          "https://idle 0"));
}

TEST(PoolsQuery, by_connections_and_by_what_was_not_ready) {
  auto many = pool_of("https://many"), slow = pool_of("https://slow");
  many.connections.resize(3);
  many.metrics.waits = {100, 0, 1};
  slow.metrics.waits = {0, 2, 3};
  const auto reports = reports_of({worker_with(0, {slow, many})});
  EXPECT_EQ(chosen_of(reports, {.by = Order::connections}).origins[0].origin, "https://many");
  EXPECT_EQ(chosen_of(reports, {.by = Order::unready}).origins[0].origin, "https://slow");
}

}  // namespace
}  // namespace ccnproxy::admin
