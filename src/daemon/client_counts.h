#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::daemon {

/// The number of connected clients by address, over all workers (`limits.clients_per_address`).
/// Used when a client connects or disconnects, not for each request. Holds only connected
/// addresses. Any thread.
class ClientCounts {
 public:
  /// Counts one more client of this address, unless there are `most`.
  bool take(const Endpoint& address, std::uint32_t most);
  /// Counts one more client without a limit: one that another worker had counted.
  void add(const Endpoint& address);
  void give_back(const Endpoint& address);
  /// Addresses that are counted.
  std::size_t addresses();

 private:
  std::mutex mutex_;
  std::unordered_map<Endpoint, std::uint32_t, EndpointHash> counts_;  // guarded by mutex_
};

}  // namespace ccnproxy::daemon
