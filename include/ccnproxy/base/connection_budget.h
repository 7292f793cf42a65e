#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace ccnproxy {

class ConnectionLease;

/// Bound on the descriptors that connections to origins hold, all workers of the process together:
/// pooled connections and dials until their sockets are closed, tunnels, probes, and the further
/// sockets of an address race. Any thread; no locks.
///
/// Connections ahead of need leave an eighth of it to requests, tunnels leave a quarter.
class ConnectionBudget : public std::enable_shared_from_this<ConnectionBudget> {
 public:
  enum class For : std::uint8_t {
    ahead,    ///< connections ahead of need, probes, further addresses of a race
    kept,     ///< origins of `pool.warm`
    request,  ///< a request that waits
    tunnel,   ///< an upgrade, which may hold its connection for hours
  };
  static constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

  explicit ConnectionBudget(std::size_t workers = 1, std::size_t limit = no_limit)
      : short_(workers), limit_(limit) {}
  /// Called on any thread when room may be available to a worker that asked. Set before the workers
  /// start.
  void tell_of_room(std::function<void(std::size_t worker)> tell) { tell_ = std::move(tell); }

  /// An empty lease if there is no room.
  ConnectionLease take(For purpose);
  /// Whether there is room for one more.
  bool has_room(For purpose) const noexcept { return used() < most_for(purpose); }
  /// The largest number of tunnels.
  std::size_t most_tunnels() const noexcept;
  /// Whether tunnels are at their limit: closing an idle connection would not make room for one
  /// more.
  bool is_full_of_tunnels() const noexcept { return tunnels_.load() >= most_tunnels(); }
  /// How many idle connections to close before requests have to wait: those in use of the last
  /// sixteenth, and those beyond a limit that a reload has lowered.
  std::size_t crowd() const noexcept;
  /// Requests a call when a connection is given back. The caller tries once more after this,
  /// because room may have been freed in between.
  void want(std::size_t worker) noexcept { short_[worker].store(true); }

  // Relaxed: a number by itself. Another limit is told to the workers by a post.
  void set_limit(std::size_t limit) noexcept { limit_.store(limit, std::memory_order_relaxed); }
  std::size_t limit() const noexcept { return limit_.load(std::memory_order_relaxed); }
  std::size_t used() const noexcept { return used_.load(); }  // see want()

 private:
  friend class ConnectionLease;
  void give_back(For purpose) noexcept;
  std::size_t most_for(For purpose) const noexcept;
  std::vector<std::atomic<bool>> short_;  ///< by worker: it wants to be told of room
  std::function<void(std::size_t)> tell_;
  std::atomic<std::size_t> limit_;
  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> tunnels_{0};
};

/// One connection's part of a ConnectionBudget, given back by the destructor.
class ConnectionLease {
 public:
  ConnectionLease() = default;
  ConnectionLease(ConnectionLease&&) noexcept = default;
  ConnectionLease& operator=(ConnectionLease&& other) noexcept {
    reset();
    budget_ = std::move(other.budget_);
    purpose_ = other.purpose_;
    return *this;
  }
  ~ConnectionLease() { reset(); }
  explicit operator bool() const noexcept { return budget_ != nullptr; }
  void reset() noexcept {
    if (const auto budget = std::exchange(budget_, nullptr)) budget->give_back(purpose_);
  }

 private:
  friend class ConnectionBudget;
  ConnectionLease(std::shared_ptr<ConnectionBudget> budget, ConnectionBudget::For purpose)
      : budget_(std::move(budget)), purpose_(purpose) {}

  std::shared_ptr<ConnectionBudget> budget_;
  ConnectionBudget::For purpose_ = ConnectionBudget::For::ahead;
};

}  // namespace ccnproxy
