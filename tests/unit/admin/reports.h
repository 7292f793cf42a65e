#pragma once

#include <string>

#include "ccnproxy/admin/worker_report.h"

namespace ccnproxy::admin {

inline pool::PoolReport pool_of(const std::string& origin, std::uint64_t requests = 0) {
  pool::PoolReport pool;
  pool.origin = origin;
  if (requests > 0) pool.metrics.requests[200] = requests;
  return pool;
}

inline WorkerReport worker_with(std::size_t number, std::vector<pool::PoolReport> pools) {
  WorkerReport report;
  report.worker = number;
  report.pools = std::move(pools);
  for (auto& pool : report.pools) pool.worker = number;
  return report;
}

inline Reports reports_of(std::vector<WorkerReport> workers, std::vector<std::size_t> silent = {}) {
  return {std::move(workers), std::move(silent)};
}

}  // namespace ccnproxy::admin
