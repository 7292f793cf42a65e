// The pools of two workers for one origin.

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TwoWorkers : public testing::Test {
 protected:
  std::unique_ptr<OriginPool> make(std::size_t worker) {
    return std::make_unique<OriginPool>(
        origin::Origin{origin::Scheme::https, "api.example.test", 443},
        std::make_shared<const config::Pool>(settings_), seconds(10),
        std::make_unique<FakeDialer>(net_[worker]), context(worker));
  }
  PoolContext context(std::size_t worker,
                      std::shared_ptr<std::size_t> dials = std::make_shared<std::size_t>(0)) {
    return {std::make_shared<const PoolWorker>(PoolWorker{
                wheel_, [this](auto object) { deferred_deletes_.push_back(std::move(object)); },
                [] { return 0u; }, worker, std::move(dials)}),
            std::make_shared<const config::Timeouts>(), std::make_shared<const config::Tcp>(),
            shared_};
  }
  ManualClock clock_;
  TimerWheel wheel_{clock_};
  FakeNetwork net_[2];
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes_;
  config::Pool settings_;
  std::shared_ptr<SharedOrigin> shared_ = std::make_shared<SharedOrigin>(2);
};

TEST_F(TwoWorkers, F014_a_request_goes_where_a_connection_is_ready) {
  auto a = make(0);
  auto b = make(1);
  EXPECT_EQ(b->better_worker(), std::nullopt) << "nobody has one";
  FakeWaiter waiter;
  a->acquire(waiter);
  EXPECT_EQ(b->better_worker(), std::nullopt) << "on its way is not ready";
  net_[0].connect_http2();
  EXPECT_EQ(b->better_worker(), 0u);
  EXPECT_EQ(a->better_worker(), std::nullopt);
}

TEST_F(TwoWorkers, F016_many_origins_that_become_warm_at_once_are_dialled_in_turn) {
  auto dials = std::make_shared<std::size_t>(64);
  OriginPool pool(origin::Origin{origin::Scheme::https, "api.example.test", 443},
                  std::make_shared<const config::Pool>(settings_), seconds(10),
                  std::make_unique<FakeDialer>(net_[0]), context(0, dials));
  pool.keep_for_ever();
  EXPECT_EQ(net_[0].dials, 0u);
  *dials = 63;
  clock_.advance(milliseconds(40));
  wheel_.advance();
  EXPECT_EQ(net_[0].dials, 1u);
  EXPECT_EQ(*dials, 64u);
  FakeWaiter waiter;
  net_[0].connect_http1();
  EXPECT_EQ(*dials, 63u);
}

TEST_F(TwoWorkers, F014_a_busy_origin_spreads) {
  auto a = make(0);
  auto b = make(1);
  a->keep_for_ever();
  net_[0].connect_http2();
  for (int i = 0; i < 99; ++i) EXPECT_EQ(b->better_worker(), 0u);
  EXPECT_EQ(net_[1].dials, 0u);
  EXPECT_EQ(b->better_worker(), 0u);
  EXPECT_EQ(net_[1].dials, 1u) << "in the background";
  EXPECT_EQ(b->better_worker(), 0u);
  net_[1].connect_http2();
  EXPECT_EQ(b->better_worker(), std::nullopt);
}

class Directory : public testing::Test {
 protected:
  std::optional<std::size_t> ask(std::size_t worker) {
    return directory_.migration_target(origin_, worker, clock_.now());
  }
  origin::Origin origin_{origin::Scheme::https, "api.example.test", 443};
  ManualClock clock_;
  PoolDirectory directory_{2};
};

TEST_F(Directory, F014_a_request_goes_to_the_worker_with_a_connection_without_a_pool_here) {
  EXPECT_EQ(ask(1), std::nullopt) << "nobody has heard of it";
  auto shared = directory_.find(origin_);
  EXPECT_EQ(ask(1), std::nullopt) << "nobody has a connection";
  shared->set_ready(0, true);
  EXPECT_EQ(ask(1), 0u);
  EXPECT_EQ(ask(0), std::nullopt);
  shared.reset();
  EXPECT_EQ(ask(1), std::nullopt) << "all pools are gone";
}

TEST_F(Directory, F014_who_hands_over_many_is_to_make_a_pool) {
  const auto shared = directory_.find(origin_);
  shared->set_ready(0, true);
  for (int i = 0; i < 98; ++i) ASSERT_EQ(ask(1), 0u);
  EXPECT_EQ(ask(1), std::nullopt);
  EXPECT_EQ(shared->note_migration(1, clock_.now()), SharedOrigin::migrations_worth_a_connection)
      << "which its pool counts next";
  clock_.advance(seconds(1));
  EXPECT_EQ(ask(1), 0u) << "a new second";
}

TEST_F(TwoWorkers, F096_limits_hold_for_all_together) {
  settings_.max_connections = 3;
  settings_.max_pending = 4;
  auto a = make(0);
  auto b = make(1);
  std::vector<std::unique_ptr<FakeWaiter>> waiters;
  const auto ask = [&](OriginPool& pool) -> FakeWaiter& {
    pool.acquire(*waiters.emplace_back(std::make_unique<FakeWaiter>()));
    return *waiters.back();
  };
  for (auto* pool : {a.get(), b.get()}) {
    for (int i = 0; i < 2; ++i) ask(*pool);
  }
  EXPECT_TRUE(ask(*b).error) << "four wait already";
  net_[0].connect_http1();
  net_[1].connect_http1();
  EXPECT_EQ(net_[0].dials + net_[1].dials, 3u);
  waiters.clear();
}

TEST_F(TwoWorkers, F096_who_can_have_no_connection_goes_to_the_worker_that_has_them) {
  settings_.max_connections = 1;
  auto a = make(0);
  auto b = make(1);
  FakeWaiter waiter;
  a->acquire(waiter);
  net_[0].connect_http1();
  EXPECT_EQ(b->better_worker(), 0u) << "although it is busy";
}

}  // namespace
}  // namespace ccnproxy::pool
