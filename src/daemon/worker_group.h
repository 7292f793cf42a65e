#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/pool/pool_directory.h"

#include "client_counts.h"
#include "descriptor_budget.h"

namespace ccnproxy::daemon {

class Worker;

/// What the workers of a process share. `members` and `ask_statistics` are set during startup and
/// only read afterwards.
struct WorkerGroup {
  WorkerGroup(std::size_t workers, const DescriptorBudget& descriptors)
      : size(workers),
        directory(workers),
        connections(std::make_shared<ConnectionBudget>(workers, descriptors.origins)),
        client_limit(descriptors.clients),
        overflow_limit(descriptors.overflow) {}

  const std::size_t size;         ///< so many members will there be
  std::size_t open_at_start = 3;  ///< descriptors, see DescriptorNeeds
  pool::PoolDirectory directory;
  std::vector<Worker*> members;
  /// StatsAggregator::ask. Set while starting.
  std::function<void(std::function<void(const std::string& json)> answer)> ask_statistics;
  /// Writes a line to the process log. Set while starting; any thread.
  std::function<void(const std::string&)> warn;
  std::shared_ptr<ConnectionBudget> connections;  ///< to origins
  // Of all together, see DescriptorBudget; they change with the configuration.
  std::atomic<std::size_t> client_limit;
  std::atomic<std::size_t> overflow_limit;
  ClientCounts client_counts;  ///< by address, where limits.clients_per_address is set
  // Relaxed where they are compared or shown, and where they change but for a client's end: they
  // are numbers by themselves, and a worker that reads one a moment late accepts one client more
  // or less. `clients` falls with release, see is_deserted().
  /// Open client connections, those that migrate between workers included.
  std::atomic<std::size_t> clients{0};
  std::atomic<std::size_t> overflow{0};  ///< of these, beyond the limit: without a place
  std::atomic<std::size_t> draining{0};  ///< workers that accept no more clients, for good
  /// False while another process accepts the clients. Read relaxed: what a worker needs for
  /// accepting was there before its thread began.
  std::atomic<bool> open{true};

  bool has_place() const noexcept {
    const auto all = clients.load(std::memory_order_relaxed);
    return all < client_limit + overflow.load(std::memory_order_relaxed);
  }

  /// Whether the last client has left and none can come. Until then each worker stays: clients of
  /// the others may need its connections. Acquire: each worker counts what it accepted before it
  /// says, with release, that it accepts no more, so a thread that reads this of all workers reads
  /// no stale count.
  bool is_deserted() const noexcept {
    return draining.load(std::memory_order_acquire) == members.size() &&
           clients.load(std::memory_order_acquire) == 0;
  }
};

}  // namespace ccnproxy::daemon
