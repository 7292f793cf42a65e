#pragma once

#include <cstdint>
#include <string>

#include "fakes/deadline.h"
#include "fakes/descriptor.h"

namespace ccnproxy::fakes {

/// Where a socket listens or connects: "127.0.0.1:80", "[::1]:80" or "unix:/path".
/// Sockets made here are non-blocking and close on exec. All throw Failure.
struct ListenOptions {
  int backlog = 1024;
  int receive_buffer = 0;  ///< SO_RCVBUF of what is accepted, in bytes; 0 leaves the default
};

Descriptor listen_on(const std::string& endpoint, ListenOptions options = {});
/// Connects, or throws Failure with the reason. `receive_buffer` as above.
Descriptor connect_to(const std::string& endpoint, Deadline deadline = {}, int receive_buffer = 0);
/// UDP, bound.
Descriptor bind_datagram(const std::string& endpoint);
/// What the socket is bound to, in the notation above.
std::string local_endpoint(int fd);
std::uint16_t port_of(const std::string& endpoint);

/// Writing to a closed socket must be an error, not a signal. Every fake calls this.
void ignore_sigpipe();

}  // namespace ccnproxy::fakes
