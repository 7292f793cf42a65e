#pragma once

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include <sys/socket.h>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::origin {

inline Endpoint local_name(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  return ::getsockname(fd, address, &size) == 0 ? Endpoint::from(address, size) : Endpoint();
}

inline UniqueFd bound_socket(const char* address) {
  const auto any_port = Endpoint::from_literal(address, 0).value();
  UniqueFd fd(::socket(any_port.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::bind(fd.get(), any_port.data(), any_port.size()) < 0) {
    throw std::system_error(errno, std::system_category(), address);
  }
  return fd;
}

/// A place that takes connections, and then leaves them in its backlog.
class Listener {
 public:
  explicit Listener(const char* address = "127.0.0.1", int backlog = 16)
      : fd_(bound_socket(address)) {
    ::listen(fd_.get(), backlog);
  }
  Endpoint where() const { return local_name(fd_.get()); }

 private:
  UniqueFd fd_;
};

/// A place that does not answer: a listener whose backlog is full, where Linux drops what comes.
class BlackHole {
 public:
  explicit BlackHole(const char* address = "127.0.0.1") : listener_(address, 0) {
    for (int i = 0; i < 4; ++i) {
      const auto peer = listener_.where();
      UniqueFd fd(::socket(peer.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      [[maybe_unused]] const int begun = ::connect(fd.get(), peer.data(), peer.size());
      fillers_.push_back(std::move(fd));
    }
  }
  Endpoint where() const { return listener_.where(); }

 private:
  Listener listener_;
  std::vector<UniqueFd> fillers_;
};

/// A place that refuses: a port that is taken, but where nobody listens.
class Refusal {
 public:
  explicit Refusal(const char* address = "127.0.0.1") : fd_(bound_socket(address)) {}
  Endpoint where() const { return local_name(fd_.get()); }

 private:
  UniqueFd fd_;
};

}  // namespace ccnproxy::origin
