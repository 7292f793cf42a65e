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

/// The pools of two workers for one origin, each with a network of its own.
class WorkersFixture : public testing::Test {
 protected:
  /// Nothing is opened ahead of need unless a test asks for it.
  WorkersFixture() { settings_.min_ready = 0; }
  ~WorkersFixture() override {
    waiters_.clear();
    for (auto& pool : pools_) pool.reset();
    turn();
  }

  /// Made at the first use.
  OriginPool& pool(std::size_t worker) {
    auto& pool = pools_[worker];
    if (!pool) {
      pool = std::make_unique<OriginPool>(
          origin::Origin{origin::Scheme::https, "api.example.test", 443},
          std::make_shared<const config::Pool>(settings_), std::chrono::seconds(10),
          std::make_unique<FakeDialer>(net_[worker]), context(worker));
    }
    return *pool;
  }
  FakeWaiter& ask(std::size_t worker) {
    auto& waiter = waiters_.emplace_back(std::make_unique<FakeWaiter>());
    pool(worker).acquire(*waiter);
    return *waiter;
  }
  void ask_times(std::size_t worker, int times) {
    for (int i = 0; i < times; ++i) ask(worker);
  }
  void turn() {
    for (auto& net : net_) net.settle();
    auto dying = std::move(deferred_deletes_);
    deferred_deletes_.clear();
  }
  void pass(Duration time) {
    clock_.advance(time);
    wheel_.advance();
    turn();
  }
  /// A new configuration, by which connections are made differently.
  void replace(std::size_t worker, std::uint64_t generation) {
    PoolTerms terms{std::make_shared<const config::Pool>(settings_),
                    std::make_shared<const config::Timeouts>(), std::chrono::seconds(10)};
    terms.dialer = std::make_shared<FakeDialer>(net_[worker]);
    terms.replace = true;
    terms.generation = generation;
    pool(worker).adopt(std::move(terms));
  }

  ManualClock clock_;
  TimerWheel wheel_{clock_};
  FakeNetwork net_[2];
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes_;
  config::Pool settings_;
  std::shared_ptr<SharedOrigin> shared_ = std::make_shared<SharedOrigin>(2);
  std::unique_ptr<OriginPool> pools_[2];
  std::deque<std::unique_ptr<FakeWaiter>> waiters_;

 private:
  PoolContext context(std::size_t worker) {
    return {std::make_shared<const PoolWorker>(PoolWorker{
                wheel_, [this](auto object) { deferred_deletes_.push_back(std::move(object)); },
                [] { return 0u; }, worker}),
            std::make_shared<const config::Timeouts>(), std::make_shared<const config::Tcp>(),
            shared_};
  }
};

}  // namespace ccnproxy::pool
