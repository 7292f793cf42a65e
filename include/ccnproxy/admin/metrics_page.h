#pragma once

#include <string>

#include "ccnproxy/admin/origin_ledger.h"
#include "ccnproxy/admin/process_stats.h"
#include "ccnproxy/admin/source.h"

namespace ccnproxy::admin {

/// The writer of /metrics, in Prometheus' text format 0.0.4; names and labels are a contract
/// (docs/admin.md). Keeps what it needs from one scrape to the next so that no counter goes
/// backwards: the origins' counters, and those of a worker that does not answer this time.
///
/// Lives on the main thread.
class MetricsPage {
 public:
  /// Metrics of the process.
  struct Process {
    bool ready = true;
    std::size_t client_limit = 0;
    std::uint64_t access_log_dropped = 0;
    ReloadOutcome reloaded = {};
    ProcessStats stats;
  };

  explicit MetricsPage(std::size_t most_origins = 100) : ledger_(most_origins) {}

  std::string render(const Reports& reports, const Process& process);

 private:
  OriginLedger ledger_;
  std::map<std::size_t, observe::WorkerMetrics> workers_;  ///< as each said last
};

}  // namespace ccnproxy::admin
