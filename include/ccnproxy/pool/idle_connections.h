#pragma once

#include <cstddef>

#include "ccnproxy/pool/address_shares.h"
#include "ccnproxy/pool/check_timer.h"
#include "ccnproxy/pool/demand.h"

namespace ccnproxy::pool {

/// Lets go idle connections that are not needed, or whose room others need. On the worker's thread.
class IdleConnections {
 public:
  IdleConnections(PoolEnvironment& env, ConnectionSet& connections, const WaitQueue& queue,
                  Usage& usage, const Demand& demand, const AddressShares& shares,
                  CheckTimer& check)
      : env_(env),
        connections_(connections),
        queue_(queue),
        usage_(usage),
        demand_(demand),
        shares_(shares),
        check_(check) {}

  /// Ends those beyond what is wanted that have been idle for long enough.
  void end_surplus(TimePoint now);
  /// Ends the one that has been ready longest without a request, for a client that needs a place of
  /// its own. Whether there was one.
  bool end_one_for_place();
  /// Ends what is idle and keeps nothing ready until the next request.
  void give_up();
  /// Calls `f` with those beyond `min_ready`.
  template <class F>
  void for_each_spare(F&& f) {
    if (!queue_.empty()) return;
    auto kept = demand_.keep_ready() ? env_.settings->min_ready : 0;
    for (auto& c : connections_.ready()) {  // the latest first: requests go to these
      if (!c.is_idle()) continue;
      if (!c.is_leaving() && kept > 0) {
        --kept;
        continue;
      }
      f(c);
    }
  }
  /// Ends this one if it is still idle, to make room for other origins. Whether it was.
  bool let_go(PooledConnection& c);
  /// Ends all. How many that were.
  std::size_t let_go_of_all();
  /// When it has something to do although nothing happens.
  void plan_checks(TimePoint now);

 private:
  TimePoint surplus_until(const PooledConnection& c) const;
  bool is_surplus(const PooledConnection& c, TimePoint now) const;

  PoolEnvironment& env_;
  ConnectionSet& connections_;
  const WaitQueue& queue_;
  Usage& usage_;
  const Demand& demand_;
  const AddressShares& shares_;
  CheckTimer& check_;
};

}  // namespace ccnproxy::pool
