#include "inherited_sockets.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <optional>

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ccnproxy/base/startup_error.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::daemon {
namespace {

/// Where systemd begins to count (SD_LISTEN_FDS_START).
constexpr int first_fd = 3;
/// More than any configuration has listeners; a larger number is an error.
constexpr int most_fds = 1024;

[[noreturn]] void refuse(const std::string& what) { throw StartupError(what); }

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, fault] = std::from_chars(text.data(), end, value);
  if (fault != std::errc() || stopped != end || value < 0) return std::nullopt;
  return value;
}

/// The text up to `separator`, which goes with it.
std::string_view next_part(std::string_view& text, char separator) {
  const auto part = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(text.size(), part.size() + 1));
  return part;
}

int socket_option(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool is_listening_stream(int fd) {
  return socket_option(fd, SO_TYPE) == SOCK_STREAM && socket_option(fd, SO_ACCEPTCONN) == 1;
}

/// Where the socket is bound, in the form that the configuration has. Nothing for other families, a
/// nameless unix socket, or one in the abstract space.
std::optional<config::ListenAddress> bound_address(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (::getsockname(fd, address, &size) < 0) return std::nullopt;
  if (address->sa_family == AF_UNIX) {
    const auto* path = reinterpret_cast<const sockaddr_un*>(&storage)->sun_path;
    if (size <= offsetof(sockaddr_un, sun_path) || path[0] == '\0') return std::nullopt;
    const auto room = size - offsetof(sockaddr_un, sun_path);
    return config::ListenAddress{"", 0, std::string(path, ::strnlen(path, room))};
  }
  const auto endpoint = Endpoint::from(address, size);
  if (!endpoint) return std::nullopt;
  auto host = endpoint.with_port(0).to_string();  // 192.0.2.1:0 or [2001:db8::1]:0
  host.resize(host.rfind(':'));
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return config::ListenAddress{std::move(host), endpoint.port(), ""};
}

/// Any spelling of an IPv6 address is the same address.
bool is_same(const config::ListenAddress& bound, const config::ListenAddress& wanted) {
  if (!bound.unix_path.empty() || !wanted.unix_path.empty())
    return bound.unix_path == wanted.unix_path;
  const auto a = Endpoint::from_literal(bound.host, bound.port);
  const auto b = Endpoint::from_literal(wanted.host, wanted.port);
  return a && b && *a == *b;
}

/// Sets the options of our own sockets, whatever the other process set: accepting ends at EAGAIN,
/// no child inherits the socket, and accepted ones have TCP_NODELAY.
void make_ours(int fd, bool tcp) {
  ::fcntl(fd, F_SETFD, FD_CLOEXEC);
  ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  const int on = 1;
  if (tcp) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace

std::vector<InheritedDescriptor> systemd_descriptors(const char* fds, const char* pid,
                                                     const char* names, pid_t self) {
  if (fds == nullptr || pid == nullptr || number(pid) != self) return {};
  const auto count = number(fds);
  if (!count || *count > most_fds)
    refuse("LISTEN_FDS is no number of descriptors: " + std::string(fds));
  std::string_view rest = names == nullptr ? "" : names;
  std::vector<InheritedDescriptor> inherited;
  for (int i = 0; i < *count; ++i) {
    const auto name = next_part(rest, ':');
    inherited.push_back({first_fd + i, std::string(name.empty() ? "LISTEN_FDS" : name)});
  }
  return inherited;
}

std::vector<InheritedDescriptor> starter_descriptors(const char* ports) {
  std::vector<InheritedDescriptor> inherited;
  std::string_view rest = ports == nullptr ? "" : ports;
  while (!rest.empty()) {
    const auto part = next_part(rest, ';');
    const auto equals = part.rfind('=');
    const auto fd = equals == part.npos ? std::nullopt : number(part.substr(equals + 1));
    if (!fd || inherited.size() == most_fds)
      refuse("SERVER_STARTER_PORT is no list of ADDRESS=DESCRIPTOR: " + std::string(ports));
    inherited.push_back({*fd, "Server::Starter"});
  }
  return inherited;
}

InheritedSockets InheritedSockets::from_environment() {
  auto inherited = systemd_descriptors(std::getenv("LISTEN_FDS"), std::getenv("LISTEN_PID"),
                                       std::getenv("LISTEN_FDNAMES"), ::getpid());
  for (auto& more : starter_descriptors(std::getenv("SERVER_STARTER_PORT")))
    inherited.push_back(std::move(more));
  for (const auto* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "SERVER_STARTER_PORT"})
    ::unsetenv(name);
  return InheritedSockets(inherited);
}

InheritedSockets::InheritedSockets(const std::vector<InheritedDescriptor>& inherited) {
  for (const auto& one : inherited) {
    const bool known = std::any_of(sockets_.begin(), sockets_.end(), [&](const Socket& socket) {
      return socket.socket.fd.get() == one.fd;
    });
    if (!known) sockets_.push_back(adopt(one));
  }
}

InheritedSockets::Socket InheritedSockets::adopt(const InheritedDescriptor& inherited) {
  const auto address = bound_address(inherited.fd);
  if (!address || !is_listening_stream(inherited.fd)) {
    refuse("descriptor " + std::to_string(inherited.fd) + " of " + inherited.name +
           " is no listening TCP or unix stream socket");
  }
  make_ours(inherited.fd, address->unix_path.empty());
  return {{UniqueFd(inherited.fd), address->port, address->to_string()}, *address, inherited.name};
}

std::vector<ListeningSocket> InheritedSockets::take(const config::ListenAddress& address) {
  std::vector<ListeningSocket> taken;
  for (auto it = sockets_.begin(); it != sockets_.end();) {
    if (is_same(it->address, address)) {
      taken.push_back(std::move(it->socket));
      it = sockets_.erase(it);
    } else {
      ++it;
    }
  }
  return taken;
}

std::vector<std::string> InheritedSockets::left() const {
  std::vector<std::string> texts;
  for (const auto& socket : sockets_)
    texts.push_back(socket.socket.address + " (" + socket.name + ")");
  return texts;
}

std::vector<std::string> InheritedSockets::close_left() {
  std::vector<std::string> addresses;
  for (const auto& socket : sockets_) {
    const auto& address = socket.socket.address;
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  }
  sockets_.clear();
  return addresses;
}

}  // namespace ccnproxy::daemon
