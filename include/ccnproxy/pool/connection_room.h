#pragma once

#include <array>
#include <functional>
#include <memory>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/net/timer.h"

namespace ccnproxy::pool {

/// What waits for room for a connection to an origin. Leaves by itself when destroyed.
class RoomWaiter : public boost::intrusive::list_base_hook<
                       boost::intrusive::tag<class RoomTag>,
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  using Hook =
      boost::intrusive::list_base_hook<boost::intrusive::tag<class RoomTag>,
                                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

 public:
  /// There may be room: ask for it, and if there is none, wait again.
  virtual void on_room() = 0;
  bool waits_for_room() const noexcept { return Hook::is_linked(); }
  void stop_waiting_for_room() noexcept {
    if (Hook::is_linked()) Hook::unlink();
  }

 protected:
  RoomWaiter() = default;
  RoomWaiter(const RoomWaiter&) = delete;
  RoomWaiter& operator=(const RoomWaiter&) = delete;
  ~RoomWaiter() = default;

 private:
  friend class ConnectionRoom;
  std::size_t connections_wanted_ = 0;
};

/// One worker's view of the process's ConnectionBudget: takes leases, keeps what waits for room in
/// order, requests before origins of `pool.warm`, and asks idle connections to go: this worker's
/// first, then other workers'.
///
/// A dial that the kernel refused for want of descriptors (EMFILE, ENFILE) counts as lack of room,
/// too: nothing is dialled for a moment, and idle connections go although the budget has room.
class ConnectionRoom {
 public:
  using For = ConnectionBudget::For;
  /// Ends at most so many idle connections; of `pool.warm` only for a request. Returns how many.
  using LetGo = std::function<std::size_t(std::size_t most, For purpose)>;

  explicit ConnectionRoom(
      TimerWheel& timers,
      std::shared_ptr<ConnectionBudget> budget = std::make_shared<ConnectionBudget>(),
      std::size_t worker = 0);
  /// What this worker's pools, and what the other workers can spare. Set while starting.
  void let_go_by(LetGo own, LetGo others);

  /// An empty lease if there is no room now.
  ConnectionLease take(For purpose);
  bool has_room(For purpose) const noexcept {
    return !is_exhausted() && budget_->has_room(purpose);
  }
  /// `waiter` is told when there may be room for `connections`, and idle connections are asked to
  /// go.
  void want(RoomWaiter& waiter, std::size_t connections, For purpose);
  /// The kernel had no descriptor for a connection, or for a client.
  void note_exhausted();
  /// The budget says so. On the worker's thread.
  void on_room();
  /// A reload has changed the budget's limit.
  void on_limit_changed();
  const std::shared_ptr<ConnectionBudget>& budget() const noexcept { return budget_; }

 private:
  using Waiters = boost::intrusive::list<RoomWaiter, boost::intrusive::base_hook<RoomWaiter::Hook>,
                                         boost::intrusive::constant_time_size<false>>;
  TimePoint now() const noexcept { return timers_.clock().now(); }
  bool is_exhausted() const noexcept { return now() < exhausted_until_; }
  std::size_t wanted(const Waiters& waiters) const;
  void make_room();
  void plan_to_make_room(TimePoint at);
  std::size_t let_go(std::size_t most, For purpose);
  void serve(Waiters& waiters, For purpose);

  TimerWheel& timers_;
  std::shared_ptr<ConnectionBudget> budget_;
  std::size_t worker_;
  LetGo own_;
  LetGo others_;
  Waiters requests_;
  Waiters kept_;
  TimePoint exhausted_until_{};
  TimePoint looked_at_{};  ///< in vain
  Timer make_room_timer_;
};

}  // namespace ccnproxy::pool
