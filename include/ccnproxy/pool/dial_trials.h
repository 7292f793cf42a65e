#pragma once

#include "ccnproxy/pool/breaker_gate.h"
#include "ccnproxy/pool/lender.h"

namespace ccnproxy::pool {

/// Finds out whether dials have succeeded (verdict_of()), and ends the wait of requests for those
/// that have not. On the worker's thread.
class DialTrials {
 public:
  DialTrials(PoolEnvironment& env, ConnectionSet& connections, WaitQueue& queue,
             ExclusiveDials& exclusive, DialHistory& history, BreakerGate& gate,
             DialScheduler& scheduler, Lender& lender, CheckTimer& check)
      : env_(env),
        connections_(connections),
        queue_(queue),
        exclusive_(exclusive),
        history_(history),
        gate_(gate),
        scheduler_(scheduler),
        lender_(lender),
        check_(check) {}

  /// A dial that began then has brought no connection.
  void on_dial_failed(TimePoint began, const Error& error);
  /// A dial has brought one, which has to prove itself.
  void on_connected() { gate_.on_connected(); }
  /// Whether other dials may begin for what is known of this one. `gone`: it takes no more requests
  /// and has none.
  bool judge(PooledConnection& c, bool gone);
  bool judge(ExclusiveConnection& c, bool gone);
  /// Its connection has become a tunnel: it has succeeded.
  bool pass(ExclusiveConnection& c);
  /// It is over without a verdict. The dial that it gives up may be the one that others wait for.
  void leave(ExclusiveConnection& c);
  void judge_all();
  /// Of connections in the pool, those of clients' own, or both.
  void plan_checks();
  void plan_checks_of_exclusive();

 private:
  bool conclude(const DialTrial& trial, const std::string& address, DialHistory::Outcome outcome);
  void on_trial_failed(TimePoint began, const std::string& address);
  void bound_wait(Duration dial);
  bool any_dialing() const noexcept;

  PoolEnvironment& env_;
  ConnectionSet& connections_;
  WaitQueue& queue_;
  ExclusiveDials& exclusive_;
  DialHistory& history_;
  BreakerGate& gate_;
  DialScheduler& scheduler_;
  Lender& lender_;
  CheckTimer& check_;
};

}  // namespace ccnproxy::pool
