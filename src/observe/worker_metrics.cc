#include "ccnproxy/observe/worker_metrics.h"

namespace ccnproxy::observe {

void WorkerMetrics::add(const WorkerMetrics& other) {
  request_duration.add(other.request_duration);
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] += other.errors[i];
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
  for (const auto& [status, n] : other.requests_without_origin)
    requests_without_origin[status] += n;
}

}  // namespace ccnproxy::observe
