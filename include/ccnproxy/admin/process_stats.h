#pragma once

#include <cstdint>
#include <optional>

namespace ccnproxy::admin {

/// The kernel's figures of this process; 0 if unknown.
struct ProcessStats {
  double cpu_seconds = 0;  ///< user and system, all threads
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t open_fds = 0;
  std::uint64_t max_fds = 0;
  double start_time_seconds = 0;              ///< since the epoch
  std::optional<bool> slow_start_after_idle;  ///< the kernel's; nothing if it does not say
};

/// Reads /proc/self; never fails.
ProcessStats read_process_stats();

}  // namespace ccnproxy::admin
