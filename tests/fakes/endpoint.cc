#include "fakes/endpoint.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "fakes/failure.h"

namespace ccnproxy::fakes {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

Failure system_failure(const std::string& what) {
  return Failure(what + ": " + std::strerror(errno));
}

Address unix_address(const std::string& path) {
  Address address;
  auto* to = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.size() >= sizeof to->sun_path) throw Failure("too long for a Unix socket: " + path);
  to->sun_family = AF_UNIX;
  std::memcpy(to->sun_path, path.c_str(), path.size() + 1);
  address.size = sizeof(sockaddr_un);
  return address;
}

Address parse(const std::string& endpoint) {
  if (endpoint.starts_with("unix:")) return unix_address(endpoint.substr(5));
  const std::size_t colon = endpoint.rfind(':');
  if (colon == std::string::npos) throw Failure("no port in '" + endpoint + "'");
  std::string host = endpoint.substr(0, colon);
  const in_port_t port = htons(port_of(endpoint));
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = port;
    address.size = sizeof(sockaddr_in);
    return address;
  }
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) != 1)
    throw Failure("not an address: '" + endpoint + "'");
  v6->sin6_family = AF_INET6;
  v6->sin6_port = port;
  address.size = sizeof(sockaddr_in6);
  return address;
}

Descriptor make_socket(const Address& address, int type) {
  Descriptor made(::socket(address.storage.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!made) throw system_failure("socket");
  return made;
}

void set_option(int fd, int level, int option, int value) {
  if (::setsockopt(fd, level, option, &value, sizeof value) != 0)
    throw system_failure("setsockopt");
}

void bind_to(int fd, Address& address, const std::string& endpoint) {
  if (::bind(fd, address.get(), address.size) != 0) throw system_failure("bind to " + endpoint);
}

void finish_connecting(int fd, const std::string& endpoint, Deadline deadline) {
  pollfd entry{fd, POLLOUT, 0};
  if (::poll(&entry, 1, deadline.poll_timeout()) == 0)
    throw Failure("connecting to " + endpoint + ": the deadline passed");
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) throw Failure("connecting to " + endpoint + ": " + std::strerror(error));
}

}  // namespace

std::uint16_t port_of(const std::string& endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  std::uint16_t port = 0;
  const char* const end = endpoint.data() + endpoint.size();
  if (colon == std::string::npos ||
      std::from_chars(endpoint.data() + colon + 1, end, port).ptr != end)
    throw Failure("no port in '" + endpoint + "'");
  return port;
}

Descriptor listen_on(const std::string& endpoint, ListenOptions options) {
  Address address = parse(endpoint);
  Descriptor listener = make_socket(address, SOCK_STREAM);
  set_option(listener.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (options.receive_buffer > 0)
    set_option(listener.get(), SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
  bind_to(listener.get(), address, endpoint);
  if (::listen(listener.get(), options.backlog) != 0) throw system_failure("listen on " + endpoint);
  return listener;
}

Descriptor connect_to(const std::string& endpoint, Deadline deadline, int receive_buffer) {
  Address address = parse(endpoint);
  Descriptor made = make_socket(address, SOCK_STREAM);
  if (receive_buffer > 0) set_option(made.get(), SOL_SOCKET, SO_RCVBUF, receive_buffer);
  if (address.storage.ss_family != AF_UNIX) set_option(made.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (::connect(made.get(), address.get(), address.size) != 0) {
    if (errno != EINPROGRESS) throw system_failure("connecting to " + endpoint);
    finish_connecting(made.get(), endpoint, deadline);
  }
  return made;
}

Descriptor bind_datagram(const std::string& endpoint) {
  Address address = parse(endpoint);
  Descriptor made = make_socket(address, SOCK_DGRAM);
  bind_to(made.get(), address, endpoint);
  return made;
}

std::string local_endpoint(int fd) {
  Address address;
  address.size = sizeof address.storage;
  if (::getsockname(fd, address.get(), &address.size) != 0) throw system_failure("getsockname");
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
    return std::string(text.data()) + ":" + std::to_string(ntohs(v4->sin_port));
  }
  if (address.storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(v6->sin6_port));
  }
  return "unix:" + std::string(reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path);
}

void ignore_sigpipe() { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace ccnproxy::fakes
