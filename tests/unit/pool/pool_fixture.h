#pragma once

#include <deque>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/pool/origin_pool.h"

#include "unit/pool/fake_dialer.h"
#include "unit/pool/fake_waiter.h"
#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {

/// One pool on a clock and a network that the test moves by hand.
class PoolFixture : public testing::Test {
 protected:
  using State = PooledConnection::State;
  static constexpr Duration queue_deadline = std::chrono::seconds(10);

  /// Nothing is opened ahead of need unless a test asks for it (origin_pool_ready_test.cc).
  PoolFixture() { settings_.min_ready = 0; }
  ~PoolFixture() override {
    waiters_.clear();
    pool_.reset();
    turn();
  }

  /// Made at the first use, so that a test may change `settings_` before.
  OriginPool& pool() {
    if (!pool_) {
      PoolContext context{std::make_shared<const PoolWorker>(PoolWorker{
          wheel_,
          [this](std::unique_ptr<DeferredDelete> o) { deferred_deletes_.push_back(std::move(o)); },
          [this] { return jitter_; }})};
      context.shares = shares_;
      context.hedging = std::make_shared<const config::Hedging>(hedging_);
      pool_ = std::make_unique<OriginPool>(
          origin::Origin{origin::Scheme::https, "api.example.test", 443},
          std::make_shared<const config::Pool>(settings_), queue_deadline,
          std::make_unique<FakeDialer>(net_), std::move(context));
    }
    return *pool_;
  }

  FakeWaiter& ask(std::uint64_t avoid = 0) {
    auto& waiter = waiters_.emplace_back(std::make_unique<FakeWaiter>());
    pool().acquire(*waiter, avoid);
    return *waiter;
  }
  std::vector<FakeWaiter*> ask_times(std::size_t n) {
    std::vector<FakeWaiter*> asked;
    for (std::size_t i = 0; i < n; ++i) asked.push_back(&ask());
    return asked;
  }

  /// What an event loop does at the end of a turn.
  void turn() {
    net_.settle();
    auto dying = std::move(deferred_deletes_);
    deferred_deletes_.clear();
  }
  void pass(Duration time) {
    clock_.advance(time);
    wheel_.advance();
    turn();
  }

  static std::size_t served(const std::vector<FakeWaiter*>& waiters) {
    return static_cast<std::size_t>(
        std::count_if(waiters.begin(), waiters.end(), [](auto* w) { return w->served(); }));
  }
  std::size_t count(State state) { return pool().count(state); }

  config::Pool settings_;
  config::Hedging hedging_;
  bool shares_ = false;  ///< PoolContext::shares
  std::uint32_t jitter_ = 0;
  ManualClock clock_;
  TimerWheel wheel_{clock_};
  FakeNetwork net_;
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes_;
  std::unique_ptr<OriginPool> pool_;
  std::deque<std::unique_ptr<FakeWaiter>> waiters_;
};

}  // namespace ccnproxy::pool
