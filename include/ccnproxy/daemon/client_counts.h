#pragma once

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "ccnproxy/base/ip_address.h"

namespace ccnproxy::daemon {

/// How many clients of each address are connected, with all workers together
/// (`limits.clients_per_address`). Asked when a client comes and goes, not for each request. Holds
/// only addresses that are connected. Any thread.
class ClientCounts {
 public:
  /// Counts one more from there, unless `most` are.
  bool take(const Endpoint& address, std::uint32_t most);
  /// Counts one more in any case: a client that another worker had counted.
  void add(const Endpoint& address);
  void give_back(const Endpoint& address);
  /// Addresses that are counted.
  std::size_t addresses();

 private:
  std::mutex mutex_;
  std::unordered_map<Endpoint, std::uint32_t, EndpointHash> counts_;  // guarded by mutex_
};

}  // namespace ccnproxy::daemon
