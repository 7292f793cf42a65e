#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/timer.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/pool/pooled_connection.h"
#include "ccnproxy/pool/retry_budget.h"
#include "ccnproxy/pool/stream_waiter.h"

namespace ccnproxy::pool {

/// What a pool needs from its worker.
struct PoolContext {
  TimerWheel& timers;
  std::function<void(std::unique_ptr<Retired>)> retire;  ///< destroys it between turns
  std::function<std::uint32_t()> random;
  config::Timeouts timeouts = {};  ///< what holds for this origin, for those who use its streams
};

/// The connections of one worker to one origin: lends streams, opens connections when there is
/// demand, notices closes, retires by age and idleness.
///
/// A request takes a stream of a ready connection at once. Otherwise it waits in order of arrival,
/// and whichever connection has room first serves it: a waiter is not tied to the dial it caused.
/// The decisions (how many to dial, what to retire) are pure functions beside this class.
///
/// Works on abstract connections and a clock; knows no socket. Lives on one thread; must not be
/// destroyed while streams are open or from within its own calls.
class OriginPool {
 public:
  OriginPool(origin::Origin origin, config::Pool settings, Duration queue_deadline,
             std::unique_ptr<origin::Dialer> dialer, PoolContext context);
  ~OriginPool();
  OriginPool(const OriginPool&) = delete;
  OriginPool& operator=(const OriginPool&) = delete;

  /// Answers through `waiter`, at once if a connection is ready or the queue is full. `avoid` is
  /// the serial of a connection that this request must not use again, or 0.
  void acquire(StreamWaiter& waiter, std::uint64_t avoid = 0);

  /// No connection outlives its streams from now on, and none is opened for spare.
  void drain();
  /// Nothing is open, on its way or wanted: the pool can be forgotten.
  bool empty() const noexcept;
  TimePoint last_used() const noexcept { return last_used_; }

  const origin::Origin& origin() const noexcept { return origin_; }
  const config::Timeouts& timeouts() const noexcept { return context_.timeouts; }
  RetryBudget& retry_budget() noexcept { return retry_budget_; }
  std::size_t count(PooledConnection::State state) const noexcept;
  std::size_t waiting() const noexcept { return waiters_.size(); }

 private:
  friend class PooledConnection;
  using State = PooledConnection::State;
  using Connections = boost::intrusive::list<PooledConnection>;
  using Waiters = boost::intrusive::list<StreamWaiter, boost::intrusive::constant_time_size<false>>;

  void on_dialed(PooledConnection& c, origin::DialResult result);
  void on_capacity(PooledConnection& c);
  void on_closed(PooledConnection& c);

  void transition(PooledConnection& c, State to);
  State state_of(const PooledConnection& c) const;
  Connections& list(State state) { return lists_[static_cast<std::size_t>(state)]; }
  const Connections& list(State state) const { return lists_[static_cast<std::size_t>(state)]; }
  PooledConnection* find_ready(std::uint64_t avoid);
  void lend(PooledConnection& c, StreamWaiter& waiter, bool waited);
  void serve_waiters();
  void drain_connections();
  void dial_for_demand();
  void start_dial();
  void fail_waiters(const Error& error);
  void check();
  void expire_waiters(TimePoint now);
  void retire_old(TimePoint now);
  void plan_check(TimePoint at);

  origin::Origin origin_;
  config::Pool settings_;
  Duration queue_deadline_;
  std::unique_ptr<origin::Dialer> dialer_;
  PoolContext context_;
  Timer check_timer_;
  std::array<Connections, 4> lists_;  ///< by State; closed ones are on none
  Waiters waiters_;
  RetryBudget retry_budget_;
  std::optional<origin::Protocol> protocol_;
  std::size_t streams_each_ = 100;
  TimePoint last_used_;
  bool draining_ = false;
  bool serving_ = false;
};

}  // namespace ccnproxy::pool
