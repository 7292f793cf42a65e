#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/config/config.h"

#include "listening_socket.h"

namespace ccnproxy::daemon {

/// A descriptor that the service manager or Server::Starter passed to this process.
struct InheritedDescriptor {
  int fd = -1;
  std::string name;  ///< what the other process calls it, for people

  bool operator==(const InheritedDescriptor&) const = default;
};

/// The descriptors in LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES (sd_listen_fds(3)): from 3 on, if
/// meant for the process `self`. A null pointer is a variable that is not set. Throws
/// std::runtime_error for invalid values.
std::vector<InheritedDescriptor> systemd_descriptors(const char* fds, const char* pid,
                                                     const char* names, pid_t self);
/// The descriptors in SERVER_STARTER_PORT of Server::Starter: `127.0.0.1:80=3;8080=4;/path=5`.
/// Throws std::runtime_error for anything else.
std::vector<InheritedDescriptor> starter_descriptors(const char* ports);

/// The listening sockets inherited from systemd or Server::Starter. Their backlog takes connections
/// while this process is replaced by the next, so a restart refuses no client (F099).
///
/// A socket serves the listener of the configuration that has its address, regardless of order and
/// name: a socket without such a listener would be an unknown entry point. Owns the descriptors.
/// Used by the main thread during startup.
class InheritedSockets {
 public:
  InheritedSockets() = default;
  /// Adopts the descriptors that the environment names, and unsets the variables, so that no child
  /// uses them. Do not call while other threads read the environment. Throws std::runtime_error if
  /// a variable is invalid or a descriptor is not a listening stream socket.
  static InheritedSockets from_environment();
  /// Adopts these descriptors, duplicates once; otherwise as above.
  explicit InheritedSockets(const std::vector<InheritedDescriptor>& inherited);

  /// Takes all sockets bound to exactly this address, ready for an event loop. Several share one
  /// address by SO_REUSEPORT. The caller owns them.
  std::vector<ListeningSocket> take(const config::ListenAddress& address);
  /// Unused sockets as text: `127.0.0.1:80 (web.socket)`. As long as the other process keeps such a
  /// socket open, clients that connect to it are neither refused nor answered.
  std::vector<std::string> left() const;
  /// Closes unused sockets; returns their addresses, each once.
  std::vector<std::string> close_left();

 private:
  struct Socket {
    ListeningSocket socket;
    config::ListenAddress address;
    std::string name;
  };
  static Socket adopt(const InheritedDescriptor& inherited);

  std::vector<Socket> sockets_;
};

}  // namespace ccnproxy::daemon
