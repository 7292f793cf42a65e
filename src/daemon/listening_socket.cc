#include "listening_socket.h"

#include <cerrno>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "ccnproxy/base/startup_error.h"
#include "ccnproxy/config/socket_access.h"
#include "ccnproxy/net/ip_address.h"

#include "bind_fault.h"
#include "socket_owner.h"

namespace ccnproxy::daemon {
namespace {

constexpr int backlog = 4096;

[[noreturn]] void fail(const config::ListenAddress& address, const std::string& owner = "") {
  throw StartupError(explain_bind_error(address, errno, owner));
}

/// Of a TCP socket that was to be bound there.
[[noreturn]] void fail_to_bind(const config::ListenAddress& address, const Endpoint& endpoint) {
  const int error = errno;
  const auto owner = error == EADDRINUSE ? listener_at(endpoint) : "";
  throw StartupError(explain_bind_error(address, error, owner));
}

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

UniqueFd open_tcp(const Endpoint& endpoint, bool share, const config::ListenAddress& address) {
  UniqueFd fd(::socket(endpoint.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) fail(address);
  set(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (share) set(fd.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  if (endpoint.is_v6()) set(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  set(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);  // inherited by what is accepted: no call for each
  if (::bind(fd.get(), endpoint.data(), endpoint.size()) < 0) fail_to_bind(address, endpoint);
  return fd;
}

Endpoint bound_to(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
  return Endpoint::from(reinterpret_cast<sockaddr*>(&storage), size);
}

std::vector<ListeningSocket> bind_tcp(const config::ListenAddress& address, std::size_t workers) {
  auto endpoint = Endpoint::from_literal(address.host, address.port);
  if (!endpoint) throw StartupError(explain_bind_error(address, EINVAL, ""));
  {  // Alone first: with SO_REUSEPORT a second daemon would silently take half of the connections.
    const auto probe = open_tcp(*endpoint, false, address);
    if (::listen(probe.get(), 1) < 0) fail_to_bind(address, *endpoint);
  }
  std::vector<ListeningSocket> sockets;
  for (std::size_t i = 0; i < workers; ++i) {
    auto fd = open_tcp(*endpoint, true, address);
    *endpoint = bound_to(fd.get());  // port 0: the others take the first one's
    if (::listen(fd.get(), backlog) < 0) fail_to_bind(address, *endpoint);
    sockets.push_back({std::move(fd), endpoint->port(), endpoint->to_string()});
  }
  return sockets;
}

/// Which process listens on a connected unix socket.
std::string peer_of(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return "";
  return process_name(peer.pid);
}

/// A socket file that a daemon left behind may go; a file of any other kind, a living socket, or
/// one that can't be asked whether it lives, may not.
void remove_stale(const sockaddr_un& where, const config::ListenAddress& address) {
  struct stat info {};
  if (::lstat(where.sun_path, &info) < 0) return;
  if (!S_ISSOCK(info.st_mode)) {
    errno = EEXIST;
    fail(address);
  }
  const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!probe) fail(address);
  const bool connected =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  if (connected || errno == EAGAIN) {
    const auto owner = connected ? peer_of(probe.get()) : "";
    errno = EADDRINUSE;
    fail(address, owner);
  }
  if (errno != ECONNREFUSED && errno != ENOENT) fail(address);
  ::unlink(where.sun_path);
}

std::uint32_t owner_of(const std::string& text,
                       std::optional<std::uint32_t> (*number_of)(const std::string&)) {
  if (text.empty()) return static_cast<std::uint32_t>(-1);  // as it is
  if (const auto number = number_of(text)) return *number;
  throw StartupError("no such user or group: " + text);
}

[[noreturn]] void fail_with_rights(const config::ListenAddress& address, const std::string& which) {
  throw StartupError(address.to_string() + " can't be given the " + which +
                     " configured: " + std::strerror(errno));
}

/// Owner before mode, so that nothing is granted to the wrong group. By a descriptor of the very
/// file: another in its place, a link above all, gets nothing.
void give_rights(const config::ListenAddress& address) {
  const auto& access = address.access;
  const auto owner = owner_of(access.owner, config::user_number);
  const auto group = owner_of(access.group, config::group_number);
  const UniqueFd file(::open(address.unix_path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) < 0) fail(address);
  if (!S_ISSOCK(info.st_mode)) {
    errno = EEXIST;
    fail(address);
  }
  const bool is_given =
      owner != static_cast<std::uint32_t>(-1) || group != static_cast<std::uint32_t>(-1);
  if (is_given && ::fchownat(file.get(), "", owner, group, AT_EMPTY_PATH) < 0)
    fail_with_rights(address, "owner and group");
  const auto by_descriptor = "/proc/self/fd/" + std::to_string(file.get());
  if (::chmod(by_descriptor.c_str(), access.mode.value_or(config::listener_socket_mode)) < 0)
    fail_with_rights(address, "mode");
}

std::vector<ListeningSocket> bind_unix(const config::ListenAddress& address, std::size_t workers) {
  const auto name = address.to_string();
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (address.unix_path.size() >= sizeof where.sun_path) {
    errno = ENAMETOOLONG;
    fail(address);
  }
  std::memcpy(where.sun_path, address.unix_path.data(), address.unix_path.size());
  remove_stale(where, address);
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  // The file gets the rights that the socket has before bind(), less the umask: from its first
  // moment on it is its owner's alone.
  const bool bound = fd && ::fchmod(fd.get(), S_IRUSR | S_IWUSR) == 0 &&
                     ::bind(fd.get(), reinterpret_cast<sockaddr*>(&where), sizeof where) == 0;
  if (!bound) fail(address);
  give_rights(address);
  if (::listen(fd.get(), backlog) < 0) fail(address);
  std::vector<ListeningSocket> sockets;
  sockets.push_back({std::move(fd), 0, name});
  return share_out(std::move(sockets), workers);
}

ListeningSocket duplicate(const ListeningSocket& socket) {
  UniqueFd fd(::fcntl(socket.fd.get(), F_DUPFD_CLOEXEC, 0));
  if (!fd) throw StartupError(socket.address + " can't be shared out: " + std::strerror(errno));
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
