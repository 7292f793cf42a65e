#pragma once

#include <cstdint>
#include <string>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::proxy {

/// How a client reached us.
struct ClientAddress {
  std::string text;                 ///< ip:port, or "unix"
  std::uint16_t listener_port = 0;  ///< 0 on a unix socket
  bool allowed = true;              ///< by clients.allow
  Endpoint from = {};               ///< the same; none of a unix socket
  bool counted = false;             ///< for limits.clients_per_address
  bool placed = true;               ///< under limits.clients
};

/// A client whose request another worker serves sooner, as it goes there.
struct MigratedClient {
  UniqueFd fd;
  ClientAddress address;
  std::string bytes;  ///< read and not answered: the request's head and what came with it
  TimePoint request_began;
};

}  // namespace ccnproxy::proxy
