#pragma once

#include <cstddef>

#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// The inputs of DescriptorBudget.
struct DescriptorNeeds {
  std::size_t limit = 0;  ///< RLIMIT_NOFILE; 0 = no limit
  std::size_t workers = 1;
  std::size_t listeners = 1;           ///< each has a socket in every worker
  std::size_t open_at_start = 3;       ///< standard streams, and what the parent left open
  std::size_t clients = 65536;         ///< limits.clients
  std::size_t origin_connections = 0;  ///< limits.origin_connections; 0 = all that are left
};

/// The descriptors that each use may hold, so that none starves another (F093, F152). Pure.
///
/// Of those that the process does not need itself, small parts are reserved for the admin endpoint
/// and for clients beyond `limits.clients` (they may ask for /hc, and wait for a place). Clients
/// and connections to origins get half of the rest each; what one side does not want goes to the
/// other. With as many connections to origins as clients, each request finds room even if each
/// needs a connection of its own.
struct DescriptorBudget {
  /// Standard streams, logs, signals, state file, files read by a reload, a hot restart; each
  /// worker's event loop, listeners and DNS.
  std::size_t own = 0;
  std::size_t admin = 0;     ///< connections to the admin endpoint
  std::size_t overflow = 0;  ///< clients beyond `clients`
  std::size_t clients = 0;
  std::size_t origins = 0;  ///< ConnectionBudget::limit()

  static DescriptorBudget split(const DescriptorNeeds& needs);
  bool operator==(const DescriptorBudget&) const = default;
};

/// What this process needs under a configuration. `open_at_start`: see DescriptorNeeds.
DescriptorNeeds descriptor_needs(const config::Config& config, std::size_t workers,
                                 std::size_t open_at_start);

}  // namespace ccnproxy::daemon
