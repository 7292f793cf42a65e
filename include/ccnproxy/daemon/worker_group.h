#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "ccnproxy/daemon/client_counts.h"
#include "ccnproxy/pool/pool_directory.h"

namespace ccnproxy::daemon {

class Worker;

/// What the workers of the process know of each other. `members` and `ask_statistics` are set while
/// starting and only read afterwards.
struct WorkerGroup {
  WorkerGroup(std::size_t workers, std::size_t most_clients)
      : size(workers), directory(workers), client_limit(most_clients) {}

  const std::size_t size;  ///< so many members will there be
  pool::PoolDirectory directory;
  std::vector<Worker*> members;
  /// StatsDesk::ask. Set while starting.
  std::function<void(std::function<void(const std::string& json)> answer)> ask_statistics;
  /// Of all together, see client_capacity(); changes with the configuration.
  std::atomic<std::size_t> client_limit;
  ClientCounts client_counts;  ///< by address, where limits.clients_per_address is set
  /// Client connections open now, those on their way from one worker to another included.
  std::atomic<std::size_t> clients{0};
  std::atomic<std::size_t> draining{0};  ///< workers that accept no more clients, for good
  std::atomic<bool> open{true};  ///< false: clients are another process's to accept, for a while

  /// The last client has left, and none can come. Until then each worker stays: clients of the
  /// others may need its connections.
  bool is_deserted() const noexcept {
    return draining.load(std::memory_order_acquire) == members.size() &&
           clients.load(std::memory_order_acquire) == 0;
  }
};

}  // namespace ccnproxy::daemon
