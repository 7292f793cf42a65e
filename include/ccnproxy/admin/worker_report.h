#pragma once

#include <cstddef>
#include <vector>

#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/observe/worker_metrics.h"
#include "ccnproxy/pool/pool_report.h"

namespace ccnproxy::admin {

/// A worker's report: a consistent snapshot, taken in one iteration of its loop. A copy, owned by
/// its holder.
struct WorkerReport {
  std::size_t worker = 0;  ///< counted from 0
  std::vector<pool::PoolReport> pools;
  std::vector<pool::GoneReport> gone;  ///< of origins without a pool, of the last hour
  observe::OriginMetrics forgotten;    ///< the counters of pools that are in neither
  observe::WorkerMetrics totals;
  std::size_t clients = 0;       ///< client connections open now
  std::size_t held = 0;          ///< bytes that wait for slow clients and origins, of limits.memory
  observe::DurationSpan recent;  ///< of `totals.recent`, now
};

/// The workers' reports of one round.
struct Reports {
  std::vector<WorkerReport> workers;  ///< of those that answered, by number
  std::vector<std::size_t> silent;    ///< the numbers of those that did not in time
};

}  // namespace ccnproxy::admin
