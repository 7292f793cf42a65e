#pragma once

#include "ccnproxy/pool/dial_trials.h"
#include "ccnproxy/pool/idle_connections.h"
#include "ccnproxy/pool/replacement.h"

namespace ccnproxy::pool {

/// Keeps a pool's connections as they are to be (Demand), whether or not requests wait: when
/// something happens, and when its timer says that something is due. On the worker's thread.
class Maintainer {
 public:
  Maintainer(PoolEnvironment& env, ConnectionSet& connections, const WaitQueue& queue,
             const Usage& usage, Demand& demand, BulkTraffic& bulk, Lifetimes& lifetimes,
             Suspicion& suspicion, DialHistory& history, DialScheduler& scheduler, Lender& lender,
             DialTrials& trials, Replacement& replacement, IdleConnections& idle, CheckTimer& check)
      : env_(env),
        connections_(connections),
        queue_(queue),
        usage_(usage),
        demand_(demand),
        bulk_(bulk),
        lifetimes_(lifetimes),
        suspicion_(suspicion),
        history_(history),
        scheduler_(scheduler),
        lender_(lender),
        trials_(trials),
        replacement_(replacement),
        idle_(idle),
        check_(check) {}

  /// After each request that was placed or waits.
  void note_demand();
  void note_bulk_demand();
  /// Something has happened that may call for a dial, or for the end of a connection.
  void upkeep();
  /// Looks at all that may be due.
  void check();
  /// What other workers have learnt holds here, too.
  void catch_up();
  /// While the pool is drained no connection outlives its streams, once no request waits: those
  /// that waited when the drain began are still served (F100).
  void drain_connections();

 private:
  void plan_next_check();

  PoolEnvironment& env_;
  ConnectionSet& connections_;
  const WaitQueue& queue_;
  const Usage& usage_;
  Demand& demand_;
  BulkTraffic& bulk_;
  Lifetimes& lifetimes_;
  Suspicion& suspicion_;
  DialHistory& history_;
  DialScheduler& scheduler_;
  Lender& lender_;
  DialTrials& trials_;
  Replacement& replacement_;
  IdleConnections& idle_;
  CheckTimer& check_;
};

}  // namespace ccnproxy::pool
