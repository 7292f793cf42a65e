#pragma once

#include <utility>

#include "ccnproxy/pool/dial_scheduler.h"
#include "ccnproxy/pool/placement.h"
#include "ccnproxy/pool/wait_queue.h"

namespace ccnproxy::pool {

/// Lends streams of ready connections to requests, at once or when they have waited for one. On the
/// worker's thread.
class Lender {
 public:
  Lender(PoolEnvironment& env, ConnectionSet& connections, WaitQueue& queue, Placement& placement,
         AddressShares& shares, Lifetimes& lifetimes, const ProtocolChoice& protocol,
         DialHistory& history, DialScheduler& scheduler, CheckTimer& check)
      : env_(env),
        connections_(connections),
        queue_(queue),
        placement_(placement),
        shares_(shares),
        lifetimes_(lifetimes),
        protocol_(protocol),
        history_(history),
        scheduler_(scheduler),
        check_(check) {}

  /// Answers through `waiter`, at once if a connection is ready or the queue is full.
  void acquire(StreamWaiter& waiter, const StreamNeed& need);
  /// Lends it a ready connection other than `avoid`, or nothing. Whether it did.
  bool lend_ready(StreamWaiter& waiter, std::uint64_t avoid);
  /// Gives requests that wait what there is for them.
  void serve();
  /// Large bodies that have waited until `then` for a connection of their own take any.
  void share_at_last(TimePoint then);
  /// Tells requests whose time is up.
  void expire(TimePoint now);
  /// Whether a connection has carried `unproven_after` requests since this was asked last.
  bool take_turned_unproven() noexcept { return std::exchange(turned_unproven_, false); }

 private:
  void lend(PooledConnection& c, StreamWaiter& waiter, bool bulk, observe::WaitResult found);
  void place(PooledConnection& c, StreamWaiter& waiter, bool bulk, observe::WaitResult found);
  void wait(StreamWaiter& waiter, const StreamNeed& need);

  PoolEnvironment& env_;
  ConnectionSet& connections_;
  WaitQueue& queue_;
  Placement& placement_;
  AddressShares& shares_;
  Lifetimes& lifetimes_;
  const ProtocolChoice& protocol_;
  DialHistory& history_;
  DialScheduler& scheduler_;
  CheckTimer& check_;
  bool turned_unproven_ = false;
};

}  // namespace ccnproxy::pool
