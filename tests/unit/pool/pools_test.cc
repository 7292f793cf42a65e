#include "ccnproxy/pool/pools.h"

#include <map>

#include <gtest/gtest.h>

#include "unit/pool/fake_dialer.h"
#include "unit/pool/fake_waiter.h"
#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

origin::Origin named(const std::string& host) { return {origin::Scheme::https, host, 443}; }

class PoolsTest : public testing::Test {
 protected:
  std::unique_ptr<OriginPool> make(const origin::Origin& origin) {
    ++made_;
    return std::make_unique<OriginPool>(
        origin, std::make_shared<const config::Pool>(settings_), seconds(10),
        std::make_unique<FakeDialer>(nets_[origin.host]), PoolContext{worker_});
  }
  void pass(Duration time) {
    clock_.advance(time);
    wheel_.advance();
    for (auto& [host, net] : nets_) net.settle();
    deferred_deletes_.clear();
  }
  /// Whether the pool of this host has not been forgotten.
  bool known(const std::string& host) { return nets_[host].dialer_alive; }

  PoolsTest() { settings_.min_ready = 0; }

  config::Pool settings_;
  ManualClock clock_;
  TimerWheel wheel_{clock_};
  std::map<std::string, FakeNetwork> nets_;
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes_;
  std::shared_ptr<const PoolWorker> worker_ = std::make_shared<const PoolWorker>(
      PoolWorker{wheel_, [this](auto object) { deferred_deletes_.push_back(std::move(object)); },
                 [] { return 0u; }});
  int made_ = 0;
  Pools pools_{2, wheel_, [this](const auto& origin) { return make(origin); }};
};

TEST_F(PoolsTest, an_origin_has_one_pool) {
  auto* pool = pools_.find(named("a.test"));
  ASSERT_TRUE(pool);
  EXPECT_EQ(pool->origin(), named("a.test"));
  EXPECT_EQ(pools_.find(named("a.test")), pool);
  EXPECT_EQ(made_, 1);
}

TEST_F(PoolsTest, F098_asking_for_what_is_known_makes_nothing) {
  EXPECT_EQ(pools_.known(named("a.test")), nullptr);
  EXPECT_EQ(made_, 0);
  auto* pool = pools_.find(named("a.test"));
  EXPECT_EQ(pools_.known(named("a.test")), pool);
}

TEST_F(PoolsTest, F033_scheme_and_port_are_part_of_an_origin) {
  auto* pool = pools_.find({origin::Scheme::https, "a.test", 443});
  EXPECT_NE(pools_.find({origin::Scheme::http, "a.test", 443}), pool);
  pass(seconds(2));
  EXPECT_NE(pools_.find({origin::Scheme::https, "a.test", 8443}), nullptr);
  EXPECT_EQ(made_, 3);
}

TEST_F(PoolsTest, F098_at_the_limit_a_pool_that_holds_nothing_makes_room) {
  pools_.find(named("a.test"));
  pools_.find(named("b.test"));
  pass(seconds(2));
  EXPECT_TRUE(pools_.find(named("c.test")));
  pass(seconds(1));
  EXPECT_FALSE(known("a.test"));
  EXPECT_FALSE(known("b.test"));
}

TEST_F(PoolsTest, F098_at_the_limit_nothing_is_found_while_all_are_in_use) {
  FakeWaiter a;
  FakeWaiter b;
  pools_.find(named("a.test"))->acquire(a);
  pools_.find(named("b.test"))->acquire(b);
  pass(seconds(2));
  EXPECT_EQ(pools_.find(named("c.test")), nullptr);
  EXPECT_TRUE(pools_.find(named("a.test"))) << "those that are known go on";
  EXPECT_EQ(made_, 2);
}

TEST_F(PoolsTest, F098_a_pool_used_just_now_makes_room_and_is_destroyed_later) {
  pools_.find(named("a.test"));
  pools_.find(named("b.test"));
  EXPECT_TRUE(pools_.find(named("c.test")));
  EXPECT_EQ(pools_.known(named("a.test")), nullptr);
  EXPECT_TRUE(known("a.test")) << "it may be on the stack";
  pass(seconds(1));
  EXPECT_FALSE(known("a.test"));
  EXPECT_TRUE(known("c.test"));
}

TEST_F(PoolsTest, F098_a_pool_that_somebody_has_entered_is_not_forgotten) {
  pools_.find(named("a.test"))->enter();
  pools_.find(named("b.test"))->enter();
  EXPECT_EQ(pools_.find(named("c.test")), nullptr);
  EXPECT_TRUE(pools_.known(named("a.test")));
  pools_.known(named("a.test"))->leave();
  pools_.known(named("b.test"))->leave();
  pass(seconds(1));
  EXPECT_TRUE(pools_.find(named("c.test")));
}

/// An origin that has answered and is idle, and names of which nothing is known as yet.
class FloodedPools : public PoolsTest {
 protected:
  FloodedPools() {
    settings_.min_ready = 1;
    FakeWaiter served;
    pools_.find(named("good.test"))->acquire(served);
    nets_["good.test"].connect_http2();
    served.connection->end_stream();
    pass(seconds(5));
  }
  bool is_served() { return pools_.known(named("good.test"))->is_ready(); }
};

TEST_F(FloodedPools, F098_names_that_lead_nowhere_push_out_no_origin) {
  for (int i = 0; i < 1000; ++i) {
    auto* pool = pools_.find(named("flood" + std::to_string(i) + ".test"));
    ASSERT_TRUE(pool) << i;
    if (i % 10 == 0) pass(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(is_served());
}

TEST_F(FloodedPools, F098_names_that_are_being_looked_up_push_out_no_origin) {
  std::vector<std::unique_ptr<FakeWaiter>> waiting;
  const auto ask = [&](const std::string& host) {
    auto* pool = pools_.find(named(host));
    if (pool) pool->acquire(*waiting.emplace_back(std::make_unique<FakeWaiter>()));
    return pool != nullptr;
  };
  EXPECT_TRUE(ask("flood1.test"));
  EXPECT_FALSE(ask("flood2.test"));
  pass(seconds(1));
  EXPECT_FALSE(ask("flood3.test"));
  EXPECT_TRUE(is_served());
  waiting.clear();
  pass(seconds(1));
  EXPECT_TRUE(ask("flood4.test")) << "a dial that nobody waits for makes room";
  pass(seconds(1));
  EXPECT_FALSE(known("flood1.test"));
  EXPECT_TRUE(is_served());
}

TEST_F(PoolsTest, F098_a_thousand_origins_one_after_the_other_are_never_more_than_the_limit) {
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(pools_.find(named("host" + std::to_string(i) + ".test")));
    pass(std::chrono::milliseconds(10));
    const auto alive = std::count_if(nets_.begin(), nets_.end(),
                                     [](const auto& entry) { return entry.second.dialer_alive; });
    ASSERT_LE(alive, 2);
  }
}

TEST_F(PoolsTest, F098_a_pool_that_holds_nothing_is_forgotten_some_time_after_its_last_use) {
  FakeWaiter waiter;
  pools_.find(named("idle.test"));
  pools_.find(named("used.test"))->acquire(waiter);
  nets_["used.test"].connect_http2();
  pass(minutes(2));
  EXPECT_FALSE(known("idle.test"));
  EXPECT_TRUE(known("used.test"));
  waiter.connection->end_stream();
  for (int i = 0; i < 30; ++i) pass(minutes(1));
  EXPECT_FALSE(known("used.test"));
  EXPECT_TRUE(pools_.empty());
}

TEST_F(PoolsTest, F098_forgetting_goes_on_after_the_first_time) {
  for (const auto* host : {"a.test", "b.test", "c.test"}) {
    ASSERT_TRUE(pools_.find(named(host)));
    pass(minutes(2));
    EXPECT_FALSE(known(host));
  }
}

TEST_F(PoolsTest, drain_ends_all_and_those_that_come_later) {
  FakeWaiter a;
  pools_.find(named("a.test"))->acquire(a);
  nets_["a.test"].connect_http2();
  EXPECT_FALSE(pools_.empty());
  pools_.drain();
  EXPECT_FALSE(pools_.empty()) << "a stream is open";
  a.connection->end_stream();
  EXPECT_TRUE(pools_.empty());

  auto gone = std::make_unique<FakeWaiter>();
  pools_.find(named("b.test"))->acquire(*gone);
  gone.reset();
  nets_["b.test"].connect_http2();
  pass(seconds(1));
  EXPECT_TRUE(pools_.empty());
}

}  // namespace
}  // namespace ccnproxy::pool
