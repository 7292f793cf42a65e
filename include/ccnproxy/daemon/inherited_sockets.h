#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/daemon/listening_socket.h"

namespace ccnproxy::daemon {

/// A descriptor that another process says it left for us.
struct HandedDescriptor {
  int fd = -1;
  std::string name;  ///< what the other process calls it, for people

  bool operator==(const HandedDescriptor&) const = default;
};

/// What LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES say (sd_listen_fds(3)): descriptors from 3 on, if
/// they are meant for the process `self`. A variable that is not set is a null pointer. Throws
/// std::runtime_error for values that can't be.
std::vector<HandedDescriptor> systemd_descriptors(const char* fds, const char* pid,
                                                  const char* names, pid_t self);
/// What SERVER_STARTER_PORT of Server::Starter says: `127.0.0.1:80=3;8080=4;/path=5`. Throws
/// std::runtime_error for anything else.
std::vector<HandedDescriptor> starter_descriptors(const char* ports);

/// Listening sockets that were open before this process was, from systemd or Server::Starter. They
/// go on taking connections into their backlog while this process is replaced by the next, so that
/// a restart refuses nobody (F099).
///
/// Which socket serves which listener of the configuration is a matter of the address alone, never
/// of the order or a name: a socket that answers where the configuration does not say so would be a
/// door that nobody knows of. Owns the descriptors. Used by the main thread while starting.
class InheritedSockets {
 public:
  InheritedSockets() = default;
  /// Takes over what the environment names and takes the variables out of it, so that no child
  /// believes them. Not while other threads read the environment. Throws std::runtime_error if a
  /// variable can't be understood or a descriptor is no listening stream socket.
  static InheritedSockets from_environment();
  /// Takes over these descriptors, one that is named twice once; otherwise as above.
  explicit InheritedSockets(const std::vector<HandedDescriptor>& handed);

  /// All sockets that are bound to just this address, which are the caller's from now on: ready for
  /// an event loop. Several share one address by SO_REUSEPORT.
  std::vector<ListeningSocket> take(const config::ListenAddress& address);
  /// Those that nobody took, for people: `127.0.0.1:80 (web.socket)`. As long as the other process
  /// has such a socket open, clients that connect to it are not refused and not answered.
  std::vector<std::string> left() const;
  /// Closes those that nobody took, and tells their addresses, each once.
  std::vector<std::string> close_left();

 private:
  struct Socket {
    ListeningSocket socket;
    config::ListenAddress address;
    std::string name;
  };
  static Socket adopt(const HandedDescriptor& handed);

  std::vector<Socket> sockets_;
};

}  // namespace ccnproxy::daemon
