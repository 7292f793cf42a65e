#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "ccnproxy/daemon/client_counts.h"
#include "ccnproxy/pool/pool_directory.h"

namespace ccnproxy::daemon {

class Worker;

/// What the workers of the process know of each other. `members` is filled while starting and only
/// read afterwards.
struct WorkerGroup {
  WorkerGroup(std::size_t workers, std::size_t most_clients)
      : directory(workers), client_limit(most_clients) {}

  pool::PoolDirectory directory;
  std::vector<Worker*> members;
  /// Of all together, see client_capacity(); changes with the configuration.
  std::atomic<std::size_t> client_limit;
  ClientCounts client_counts;           ///< by address, where limits.clients_per_address is set
  std::atomic<std::size_t> clients{0};  ///< client connections open now
  std::atomic<bool> open{true};  ///< false: clients are another process's to accept, for a while
};

}  // namespace ccnproxy::daemon
