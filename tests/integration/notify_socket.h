#pragma once

#include <algorithm>
#include <array>
#include <string>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fakes/deadline.h"
#include "fakes/descriptor.h"
#include "fakes/failure.h"
#include "fakes/temp_dir.h"

namespace ccnproxy::integration {

using namespace ccnproxy::fakes;  // NOLINT(google-build-using-namespace)

/// What a service manager listens on.
class NotifySocket {
 public:
  NotifySocket() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw Failure("no notify socket");
  }
  std::string path() const { return folder_.path() + "/notify"; }

  /// The next message.
  std::string receive(Deadline deadline = {}) {
    pollfd entry{socket_.get(), POLLIN, 0};
    if (::poll(&entry, 1, deadline.poll_timeout()) != 1) throw Failure("awaited a notification");
    std::array<char, 4096> buffer;
    const auto size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(0, size))};
  }

 private:
  TempDir folder_;
  Descriptor socket_;
};

}  // namespace ccnproxy::integration
