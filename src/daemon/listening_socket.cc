#include "ccnproxy/daemon/listening_socket.h"

#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "ccnproxy/base/ip_address.h"

namespace ccnproxy::daemon {
namespace {

constexpr int backlog = 4096;

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), "can't listen on " + what);
}

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

UniqueFd open_tcp(const Endpoint& endpoint, bool share, const std::string& name) {
  UniqueFd fd(::socket(endpoint.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) fail(name);
  set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (share) set(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (endpoint.is_v6()) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);  // inherited by what is accepted: no call for each
  if (::bind(fd.get(), endpoint.data(), endpoint.size()) < 0) fail(name);
  return fd;
}

Endpoint bound_to(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  return Endpoint::from(reinterpret_cast<sockaddr*>(&storage), size);
}

std::vector<ListeningSocket> bind_tcp(const config::ListenAddress& address, std::size_t workers) {
  const auto name = address.to_string();
  auto endpoint = Endpoint::from_literal(address.host, address.port);
  if (!endpoint)
    throw std::system_error(EINVAL, std::generic_category(), "can't listen on " + name);
  {  // Alone first: with SO_REUSEPORT a second daemon would silently take half of the connections.
    const auto probe = open_tcp(*endpoint, false, name);
    if (::listen(probe.get(), 1) < 0) fail(name);
  }
  std::vector<ListeningSocket> sockets;
  for (std::size_t i = 0; i < workers; ++i) {
    auto fd = open_tcp(*endpoint, true, name);
    *endpoint = bound_to(fd.get());  // port 0: the others take the first one's
    if (::listen(fd.get(), backlog) < 0) fail(name);
    sockets.push_back({std::move(fd), endpoint->port(), endpoint->to_string()});
  }
  return sockets;
}

/// A socket file that a daemon left behind may go; a file of any other kind, or a living socket,
/// may not.
void remove_stale(const sockaddr_un& address, const std::string& name) {
  struct stat info {};
  if (::lstat(address.sun_path, &info) < 0) return;
  if (!S_ISSOCK(info.st_mode)) {
    errno = EEXIST;
    fail(name);
  }
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
      errno == EAGAIN) {
    errno = EADDRINUSE;
    fail(name);
  }
  ::unlink(address.sun_path);
}

std::vector<ListeningSocket> bind_unix(const config::ListenAddress& address, std::size_t workers) {
  const auto name = address.to_string();
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (address.unix_path.size() >= sizeof where.sun_path) {
    errno = ENAMETOOLONG;
    fail(name);
  }
  std::memcpy(where.sun_path, address.unix_path.data(), address.unix_path.size());
  remove_stale(where, name);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd || ::bind(fd.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) < 0) fail(name);
  ::chmod(where.sun_path, 0666);  // who may use it is the folder's matter
  if (::listen(fd.get(), backlog) < 0) fail(name);
  std::vector<ListeningSocket> sockets;
  sockets.push_back({std::move(fd), 0, name});
  return share_out(std::move(sockets), workers);
}

ListeningSocket duplicate(const ListeningSocket& socket) {
  UniqueFd fd(::fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!fd) fail(socket.address);
  return {std::move(fd), socket.port, socket.address};
}

}  // namespace

std::vector<ListeningSocket> bind_listener(const config::ListenAddress& address,
                                           std::size_t workers) {
  return address.unix_path.empty() ? bind_tcp(address, workers) : bind_unix(address, workers);
}

std::vector<ListeningSocket> share_out(std::vector<ListeningSocket> sockets, std::size_t workers) {
  const auto given = sockets.size();
  for (std::size_t i = given; i < workers; ++i) sockets.push_back(duplicate(sockets[i % given]));
  return sockets;
}

}  // namespace ccnproxy::daemon
