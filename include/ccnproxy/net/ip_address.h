#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>

namespace ccnproxy {

/// An IPv4 or IPv6 address with a port, in the form the socket calls take. A plain value of 28
/// bytes: copying, comparing and parsing allocate nothing. A default-made one holds no address.
struct Endpoint {
 public:
  Endpoint() noexcept;

  /// An address from getsockname(), accept() or a resolver. Holds no address if the family is
  /// another (a unix socket) or `length` is too short for it.
  static Endpoint from(const sockaddr* address, socklen_t size) noexcept;
  /// An address literal: `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`, `fe80::1%eth0` (RFC 4007
  /// §11). Only the four decimal parts of RFC 3986 §3.2.2 are an IPv4 address: not `127.1`, not
  /// `0x7f.0.0.1`.
  static std::optional<Endpoint> from_literal(std::string_view address,
                                              std::uint16_t port) noexcept;
  /// `192.0.2.1:443` or `[2001:db8::1]:443`.
  static std::optional<Endpoint> parse(std::string_view text) noexcept;

  explicit operator bool() const noexcept { return family() != AF_UNSPEC; }
  bool is_v4() const noexcept { return family() == AF_INET; }
  bool is_v6() const noexcept { return family() == AF_INET6; }
  /// AF_INET, AF_INET6, or AF_UNSPEC where there is no address.
  int family() const noexcept { return address_.any.sa_family; }
  std::uint16_t port() const noexcept;
  Endpoint with_port(std::uint16_t port) const noexcept;
  /// The address alone in network order: 4 or 16 bytes, valid as long as this object.
  std::span<const std::uint8_t> bytes() const noexcept;
  /// An IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) as the IPv4 address it is; all others as they
  /// are. Rules about addresses are checked on this, or `::ffff:127.0.0.1` would slip past them.
  Endpoint unmapped() const noexcept;

  const sockaddr* data() const noexcept { return &address_.any; }
  socklen_t size() const noexcept;

  /// `1.2.3.4:443`, `[::1]:443`, `[fe80::1%2]:443`; empty where there is no address.
  std::string to_string() const;

  /// Same family, address, port and scope; the flow label says nothing about where a peer is.
  bool operator==(const Endpoint& other) const noexcept;

 private:
  union {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } address_;
};

struct EndpointHash {
  std::size_t operator()(const Endpoint& endpoint) const noexcept;
};

}  // namespace ccnproxy
