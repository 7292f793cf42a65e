#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

namespace ccnproxy::bench {

/// Nanoseconds that all threads of these processes have run, from the scheduler's own account
/// (/proc/PID/task/*/schedstat; getrusage counts ticks on some kernels). Exact while they sleep;
/// up to one tick late while they run. A process that is gone counts as zero.
std::uint64_t scheduler_time_ns(const std::vector<pid_t>& processes);

}  // namespace ccnproxy::bench
