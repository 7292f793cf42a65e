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
/// `access` says. Throws StartFault: a line that begins with the address, and names the process
/// that has it where that can be known.
std::vector<ListeningSocket> bind_listener(const config::ListenAddress& address,
                                           std::size_t workers);

/// Sockets that are there already (at least one), for so many event loops: number i is for loop i %
/// `workers`. Where there are fewer sockets than loops, some share one; where there are more, some
/// loops have several, for what the kernel gives to a socket that nobody accepts from is lost.
/// Throws StartFault if the process has no descriptors left.
std::vector<ListeningSocket> share_out(std::vector<ListeningSocket> sockets, std::size_t workers);

}  // namespace ccnproxy::daemon
