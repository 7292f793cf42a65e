#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// A bound, listening, non-blocking socket.
struct ListeningSocket {
  UniqueFd fd;
  std::uint16_t port = 0;  ///< as bound; 0 for a unix socket
  std::string address;     ///< as people write it, with the port as bound
};

/// Binds one address for `workers` event loops: over TCP a socket for each (SO_REUSEPORT: the
/// kernel spreads connections, and no worker wakes for another's), on a unix path one that they
/// share. An address in use by another process is an error also where that one would share it. A
/// unix socket that nobody answers on is replaced. Throws std::system_error with the address in its
/// text.
std::vector<ListeningSocket> bind_listener(const config::ListenAddress& address,
                                           std::size_t workers);

}  // namespace ccnproxy::daemon
