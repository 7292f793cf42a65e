#include "ccnproxy/observe/worker_metrics.h"

namespace ccnproxy::observe {

// What did not happen is negative.
void WorkerMetrics::count_timings(const Timings& timings) noexcept {
  const auto note = [](Histogram& histogram, std::chrono::nanoseconds time) {
    if (time >= time.zero()) histogram.add(time);
  };
  note(request_duration, timings.total);
  note(connection_wait, timings.wait);
  note(connect_dns, timings.dns);
  note(connect_tcp, timings.tcp);
  note(connect_tls, timings.tls);
}

void WorkerMetrics::add(const WorkerMetrics& other) {
  request_duration.add(other.request_duration);
  connection_wait.add(other.connection_wait);
  connect_dns.add(other.connect_dns);
  connect_tcp.add(other.connect_tcp);
  connect_tls.add(other.connect_tls);
  for (std::size_t i = 0; i < errors.size(); ++i) errors[i] += other.errors[i];
  for (std::size_t side = 0; side < sides; ++side) {
    for (std::size_t phase = 0; phase < phases; ++phase)
      failures[side][phase] += other.failures[side][phase];
  }
  bytes_in_without_origin += other.bytes_in_without_origin;
  bytes_out_without_origin += other.bytes_out_without_origin;
  for (const auto& [status, n] : other.requests_without_origin)
    requests_without_origin[status] += n;
}

}  // namespace ccnproxy::observe
