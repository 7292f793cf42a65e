#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ccnproxy::tls {

/// What a ClientHello offers for the key exchange (RFC 8446 §4.1.2), by the numbers of IANA's
/// registry "TLS Supported Groups".
struct OfferedGroups {
  std::vector<std::uint16_t> supported;  ///< supported_groups, in order of preference
  std::vector<std::uint16_t> shares;     ///< those with a key share
};

/// Reads a handshake message, without the headers of records. Nothing where it is no whole
/// ClientHello. Pure.
std::optional<OfferedGroups> read_client_hello(std::string_view message);

}  // namespace ccnproxy::tls
