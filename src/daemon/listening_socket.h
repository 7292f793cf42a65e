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
/// unix socket without a listener is replaced; the new one is never open to more than its
/// `access` says. Throws StartupError: a line that begins with the address, and names the process
/// that has it where that can be known.
std::vector<ListeningSocket> bind_listener(const config::ListenAddress& address,
                                           std::size_t workers);

/// Assigns existing sockets (at least one) to event loops: number i to loop i % `workers`. If there
/// are fewer sockets than loops, some loops share one. If there are more, some loops have several:
/// clients that the kernel assigns to a socket without an acceptor are lost. Throws StartupError if
/// the process has no descriptors left.
std::vector<ListeningSocket> share_out(std::vector<ListeningSocket> sockets, std::size_t workers);

}  // namespace ccnproxy::daemon
