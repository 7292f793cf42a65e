// Pools of many origins where the process has room for few connections.

#include "ccnproxy/pool/connection_room.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/pool/pools.h"

#include "unit/pool/fake_dialer.h"
#include "unit/pool/fake_waiter.h"
#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

origin::Origin named(const std::string& host) { return {origin::Scheme::https, host, 443}; }

/// One worker's pools. Dials succeed when connect() is called.
class Worker {
 public:
  Worker(ManualClock& clock, const std::shared_ptr<ConnectionBudget>& budget, std::size_t index,
         config::Pool settings)
      : settings_(std::move(settings)), wheel_(clock) {
    auto room = std::make_shared<ConnectionRoom>(wheel_, budget, index);
    context_ = std::make_shared<const PoolWorker>(
        PoolWorker{wheel_, [this](auto object) { deferred_deletes_.push_back(std::move(object)); },
                   [] { return 0u; }, index, std::make_shared<std::size_t>(0), room});
  }
  ~Worker() {
    waiters_.clear();
    pools_.reset();
    turn();
  }
  void let_go_by(ConnectionRoom::LetGo others) {
    context_->room->let_go_by(
        [this](std::size_t most, auto purpose) { return pools_->let_go(most, purpose); },
        std::move(others));
  }

  OriginPool& pool(const std::string& host) { return *pools_->find(named(host)); }
  FakeNetwork& net(const std::string& host) { return nets_[host]; }
  FakeWaiter& ask(const std::string& host) {
    auto& waiter = waiters_.emplace_back(std::make_unique<FakeWaiter>());
    pool(host).acquire(*waiter);
    return *waiter;
  }
  /// A request that is served and over. The connection stays.
  void use(const std::string& host) {
    auto& waiter = ask(host);
    if (!waiter.served()) net(host).connect_http1();
    waiter.connection->end_stream();
    turn();
  }
  bool is_open(const std::string& host) { return !net(host).connections.empty(); }
  void turn() {
    for (auto& [host, net] : nets_) net.settle();
    auto dying = std::move(deferred_deletes_);
    deferred_deletes_.clear();
  }
  void advance() {
    wheel_.advance();
    turn();
  }
  Pools& pools() { return *pools_; }
  ConnectionRoom& room() { return *context_->room; }

 private:
  std::unique_ptr<OriginPool> make(const origin::Origin& origin) {
    PoolContext context{context_};
    context.shared = std::make_shared<SharedOrigin>(2);
    return std::make_unique<OriginPool>(
        origin, std::make_shared<const config::Pool>(settings_), seconds(10),
        std::make_unique<FakeDialer>(nets_[origin.host]), std::move(context));
  }
  config::Pool settings_;
  TimerWheel wheel_;
  std::map<std::string, FakeNetwork> nets_;
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes_;
  std::vector<std::unique_ptr<FakeWaiter>> waiters_;
  std::shared_ptr<const PoolWorker> context_;
  std::unique_ptr<Pools> pools_ =
      std::make_unique<Pools>(1000, wheel_, [this](const auto& origin) { return make(origin); });
};

class Room : public testing::Test {
 protected:
  static config::Pool settings() {
    config::Pool settings;
    settings.spare = 0;
    return settings;
  }
  void make(std::size_t workers, std::size_t limit) {
    budget_ = std::make_shared<ConnectionBudget>(workers, limit);
    for (std::size_t i = 0; i < workers; ++i)
      workers_.push_back(std::make_unique<Worker>(clock_, budget_, i, settings_));
    for (std::size_t i = 0; i < workers; ++i) {
      workers_[i]->let_go_by([this, i](std::size_t most, auto purpose) {
        for (std::size_t other = 0; other < workers_.size(); ++other)
          if (other != i) workers_[other]->pools().let_go(most, purpose);
        return std::size_t{0};
      });
    }
    budget_->tell_of_room([this](std::size_t worker) { told_.push_back(worker); });
  }
  Worker& worker(std::size_t i = 0) { return *workers_.at(i); }
  void pass(Duration time) {
    clock_.advance(time);
    for (auto& worker : workers_) worker->advance();
    for (const auto i : std::exchange(told_, {})) workers_[i]->room().on_room();
    for (auto& worker : workers_) worker->turn();
  }
  /// What happens by itself at one moment, in some turns of the loops.
  void settle() {
    for (int i = 0; i < 8; ++i) pass(milliseconds(8));
  }
  ~Room() override {
    budget_->tell_of_room(nullptr);
    workers_.clear();
    EXPECT_EQ(budget_->used(), 0U) << "each lease has been given back";
  }

  ManualClock clock_;
  config::Pool settings_ = settings();
  std::shared_ptr<ConnectionBudget> budget_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::size_t> told_;
};

TEST_F(Room, F152_many_origins_of_one_request_each_are_all_served) {
  make(1, 20);
  for (int i = 0; i < 400; ++i) {
    const auto host = "o" + std::to_string(i);
    auto& waiter = worker().ask(host);
    for (int turns = 0; worker().net(host).dialing.empty(); ++turns) {
      ASSERT_LT(turns, 20) << "no room for " << host;
      pass(milliseconds(8));
    }
    worker().net(host).connect_http1();
    ASSERT_TRUE(waiter.served()) << host;
    waiter.connection->end_stream();
    pass(milliseconds(8));
    ASSERT_LE(budget_->used(), 20U);
  }
}

TEST_F(Room, F152_what_is_beyond_min_ready_goes_first_and_the_oldest_before_others) {
  make(1, 12);
  auto& first = worker().ask("busy");
  auto& second = worker().ask("busy");
  worker().net("busy").connect_http1();
  worker().net("busy").connect_http1();
  first.connection->end_stream();
  second.connection->end_stream();
  pass(milliseconds(8));
  worker().use("old");
  pass(seconds(1));
  ASSERT_EQ(worker().net("busy").connections.size(), 2U);
  EXPECT_EQ(worker().pools().let_go(1, ConnectionBudget::For::request), 1U);
  worker().turn();
  EXPECT_EQ(worker().net("busy").connections.size(), 1U) << "one is its min_ready";
  EXPECT_TRUE(worker().is_open("old"));
}

TEST_F(Room, F152_then_the_origins_that_were_used_longest_ago) {
  make(1, 12);
  for (const auto* host : {"c", "a", "b"}) {
    worker().use(host);
    pass(seconds(1));
  }
  worker().use("c");
  pass(seconds(1));
  EXPECT_EQ(worker().pools().let_go(2, ConnectionBudget::For::request), 2U);
  pass(seconds(1));
  EXPECT_FALSE(worker().is_open("a"));
  EXPECT_FALSE(worker().is_open("b"));
  EXPECT_TRUE(worker().is_open("c"));
  const auto dials = worker().net("a").dials;
  pass(seconds(30));
  EXPECT_EQ(worker().net("a").dials, dials) << "none before its next request";
}

TEST_F(Room, F152_a_connection_with_a_request_in_flight_never_goes) {
  settings_.min_ready = 0;
  make(1, 4);
  for (int i = 0; i < 4; ++i) {
    const auto host = "busy" + std::to_string(i);
    worker().ask(host);
    worker().net(host).connect_http1();
  }
  auto& late = worker().ask("late");
  settle();
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(worker().is_open("busy" + std::to_string(i)));
  EXPECT_EQ(worker().net("late").dials, 0U);
  EXPECT_FALSE(late.answered());
}

TEST_F(Room, F152_an_origin_of_pool_warm_goes_last_and_only_for_a_request) {
  make(1, 2);
  worker().pool("warm").keep_for_ever();
  worker().net("warm").connect_http1();
  worker().use("other");
  pass(seconds(5));
  EXPECT_EQ(worker().pools().let_go(2, ConnectionBudget::For::ahead), 1U);
  worker().turn();
  EXPECT_TRUE(worker().is_open("warm"));
  worker().ask("x");
  worker().ask("y");
  for (const auto* host : {"x", "y"}) {
    settle();
    ASSERT_EQ(worker().net(host).dialing.size(), 1U) << host;
    worker().net(host).connect_http1();
  }
  EXPECT_FALSE(worker().is_open("warm"));
}

TEST_F(Room, F152_an_origin_of_pool_warm_is_ready_again_when_there_is_room) {
  make(1, 2);
  worker().pool("warm").keep_for_ever();
  worker().net("warm").connect_http1();
  auto& x = worker().ask("x");
  worker().net("x").connect_http1();
  auto& y = worker().ask("y");
  settle();
  ASSERT_FALSE(worker().is_open("warm"));
  worker().net("y").connect_http1();
  x.connection->end_stream();
  settle();
  EXPECT_FALSE(worker().is_open("x")) << "idle, and not of pool.warm";
  EXPECT_EQ(worker().net("warm").dialing.size(), 1U);
  EXPECT_TRUE(y.served());
}

TEST_F(Room, F152_a_request_that_waits_is_served_when_room_appears) {
  make(1, 1);
  auto& first = worker().ask("a");
  worker().net("a").connect_http1();
  auto& second = worker().ask("b");
  settle();
  EXPECT_EQ(worker().net("b").dials, 0U);
  first.connection->end_stream();
  settle();
  EXPECT_FALSE(worker().is_open("a"));
  worker().net("b").connect_http1();
  EXPECT_TRUE(second.served());
}

TEST_F(Room, F152_a_request_that_waits_in_vain_is_told_which_limit_and_key) {
  make(1, 1);
  worker().ask("a");
  worker().net("a").connect_http1();
  auto& second = worker().ask("b");
  for (int i = 0; i < 11; ++i) pass(seconds(1));
  ASSERT_TRUE(second.error);
  EXPECT_EQ(second.error->type, ErrorType::connection_limit_reached);
  EXPECT_EQ(second.error->side, Side::us);
  EXPECT_EQ(second.error->proof, Proof::not_sent);
  EXPECT_THAT(second.error->detail, HasSubstr("all 1 "));
  EXPECT_THAT(second.error->detail, HasSubstr("limits.origin_connections"));
}

TEST_F(Room, F152_a_connection_that_drains_counts_until_it_is_closed) {
  make(1, 1);
  auto& waiter = worker().ask("a");
  worker().net("a").connect_http2().goaway();
  worker().turn();
  EXPECT_EQ(budget_->used(), 1U) << "its stream is open";
  waiter.connection->end_stream();
  settle();
  EXPECT_EQ(budget_->used(), 0U);
}

TEST_F(Room, F152_no_dial_ahead_of_need_takes_the_last_eighth) {
  settings_.min_ready = 20;
  make(1, 16);
  worker().use("a");
  settle();
  while (!worker().net("a").dialing.empty()) worker().net("a").connect_http1();
  settle();
  EXPECT_EQ(budget_->used(), 14U);
  EXPECT_TRUE(budget_->has_room(ConnectionBudget::For::request));
}

TEST_F(Room, F152_a_worker_that_is_short_has_others_let_go) {
  settings_.min_ready = 0;
  make(2, 4);
  for (const auto* host : {"a", "b", "c"}) worker(0).use(host);
  auto& first = worker(1).ask("x");
  worker(1).net("x").connect_http1();
  EXPECT_TRUE(first.served());
  auto& second = worker(1).ask("y");
  settle();
  ASSERT_EQ(worker(1).net("y").dialing.size(), 1U);
  worker(1).net("y").connect_http1();
  EXPECT_TRUE(second.served());
  EXPECT_LE(budget_->used(), 4U);
}

TEST_F(Room, F152_a_lower_limit_has_idle_connections_go) {
  settings_.min_ready = 0;
  make(1, 16);
  for (int i = 0; i < 10; ++i) worker().use("o" + std::to_string(i));
  budget_->set_limit(4);
  worker().room().on_limit_changed();
  for (int i = 0; i < 20; ++i) settle();
  EXPECT_LE(budget_->used(), 4U);
}

Error no_descriptor() {
  return {ErrorType::connection_limit_reached, Side::us, Phase::tcp, Proof::not_sent,
          "Too many open files"};
}

TEST_F(Room, F152_without_a_descriptor_a_dial_is_tried_again_and_nothing_held_against_the_origin) {
  make(1, 16);
  worker().use("idle");
  auto& waiter = worker().ask("a");
  worker().net("a").fail(no_descriptor());
  EXPECT_FALSE(waiter.answered());
  EXPECT_EQ(worker().net("a").dials, 1U) << "not at once";
  EXPECT_EQ(worker().pool("a").report().last_failure, "");
  EXPECT_FALSE(worker().pool("a").report().next_dial);
  EXPECT_EQ(worker().pool("a").metrics().failed_dials, 0U);
  settle();
  EXPECT_FALSE(worker().is_open("idle")) << "it made room";
  ASSERT_EQ(worker().net("a").dials, 2U);
  worker().net("a").connect_http1();
  EXPECT_TRUE(waiter.served());
}

TEST_F(Room, F152_without_descriptors_for_long_dials_are_few_and_the_request_is_told) {
  make(1, 16);
  auto& waiter = worker().ask("a");
  for (int i = 0; i < 100; ++i) {
    while (!worker().net("a").dialing.empty()) worker().net("a").fail(no_descriptor());
    pass(milliseconds(110));
  }
  EXPECT_LE(worker().net("a").dials, 11'000U / 48);
  ASSERT_TRUE(waiter.error);
  EXPECT_EQ(waiter.error->type, ErrorType::connection_limit_reached);
  EXPECT_THAT(waiter.error->detail, HasSubstr("limit of open files"));
}

}  // namespace
}  // namespace ccnproxy::pool
