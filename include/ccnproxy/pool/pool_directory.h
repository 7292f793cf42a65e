#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/pool/circuit_breaker.h"
#include "ccnproxy/pool/origin_state.h"

namespace ccnproxy::pool {

/// What all workers know of one origin: which of them have connections, and how many there are in
/// all, so that a request goes where one is ready and limits hold for the process; and what the
/// origin is like. Any thread; no locks but those of OriginState, off a request's path.
class SharedOrigin {
 public:
  explicit SharedOrigin(std::size_t workers) : workers_(workers) {}

  /// Room for one connection more under `most` (0 = no limit); give back each that was taken.
  bool take_connection(std::size_t worker, std::uint32_t most) noexcept;
  void give_back_connection(std::size_t worker) noexcept;
  /// Room for one more request that waits under `most`.
  bool take_waiting(std::uint32_t most) noexcept;
  std::uint32_t waiting() const noexcept { return waiting_.load(std::memory_order_relaxed); }
  void give_back_waiting() noexcept { waiting_.fetch_sub(1, std::memory_order_relaxed); }

  /// What it is like.
  OriginState& state() noexcept { return state_; }
  /// Whether it is asked at all.
  CircuitBreaker& breaker() noexcept { return breaker_; }

  /// Whether this worker has a connection that takes a request now.
  void set_ready(std::size_t worker, bool ready) noexcept {
    auto& known = workers_[worker].ready;  // only its worker writes to it, and often the same
    if (known.load(std::memory_order_relaxed) != ready)
      known.store(ready, std::memory_order_relaxed);
  }
  /// A worker other than `self` that has one ready.
  std::optional<std::size_t> ready_elsewhere(std::size_t self) const noexcept;
  /// So many requests within a second that another worker had to serve are worth connections of
  /// one's own.
  static constexpr std::uint32_t migrations_worth_a_connection = 100;
  /// `self` gives a request to another worker: how many within this second. Its thread only.
  std::uint32_t note_migration(std::size_t self, TimePoint now) noexcept;
  /// The other worker with the most connections, if any has some.
  std::optional<std::size_t> open_elsewhere(std::size_t self) const noexcept;

 private:
  struct Slot {
    std::atomic<bool> ready{false};
    std::atomic<std::uint32_t> connections{0};
    // The worker's own.
    std::uint32_t migrated = 0;  ///< since then
    TimePoint migrated_since{};
  };
  // All relaxed: numbers and hints by themselves. A client handed over on an old hint waits for a
  // connection where it comes to; the hand-over itself is a post, which orders.
  std::vector<Slot> workers_;
  std::atomic<std::uint32_t> connections_{0};
  std::atomic<std::uint32_t> waiting_{0};
  OriginState state_;
  CircuitBreaker breaker_;
};

/// Finds the SharedOrigin of an origin: when a worker makes its pool, and for a request to an
/// origin for which the worker has none. Any thread.
class PoolDirectory {
 public:
  explicit PoolDirectory(std::size_t workers) : workers_(workers) {}
  std::shared_ptr<SharedOrigin> find(const origin::Origin& origin);
  /// The worker that gets a request for which `self` has no pool: one that has a connection ready,
  /// unless so many came lately that `self` had better make a pool. On the thread of `self`.
  std::optional<std::size_t> migration_target(const origin::Origin& origin, std::size_t self,
                                              TimePoint now);

 private:
  void forget_unused();

  std::size_t workers_;
  std::mutex mutex_;
  // guarded by mutex_
  std::unordered_map<origin::Origin, std::weak_ptr<SharedOrigin>, origin::OriginHash> origins_;
  std::size_t sweep_at_ = 1024;
};

}  // namespace ccnproxy::pool
