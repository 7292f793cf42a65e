#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace ccnproxy::tls {

/// The origin that a connection is for, by name, wherever it is dialled. With the TLS profile it
/// says which name is verified, so that sessions are kept by it.
struct PeerName {
  std::string host;  ///< normalised; IPv6 literals without brackets
  std::uint16_t port = 443;

  bool operator==(const PeerName&) const = default;
};

struct PeerNameHash {
  std::size_t operator()(const PeerName& peer) const noexcept {
    return std::hash<std::string>{}(peer.host) * 31 + peer.port;
  }
};

}  // namespace ccnproxy::tls
