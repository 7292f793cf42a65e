#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/http/head.h"

namespace ccnproxy::proxy {

/// Why a well-formed request is refused: the client's status, and one line in words that says what
/// to use instead. Views that live for ever.
struct UnsupportedRequest {
  std::uint16_t status = 501;
  std::string_view reason;
};

/// What the client would have this connection become (RFC 9110 §7.8): the members of its Upgrade
/// fields, joined by commas. Empty where it asks for nothing of the kind: no Connection field names
/// Upgrade, the request is HTTP/1.0, or it only offers other versions of HTTP or TLS on this hop
/// (`h2c`, `TLS/1.0`), which a server may pass over, and clients that offer it count on that.
std::string wanted_upgrade(const http::RequestHead& head);

/// Expectations other than 100-continue (417, RFC 9110 §10.1.1) and calls of gRPC, which needs
/// HTTP/2 from end to end (501, F122); not gRPC-Web, which is made for HTTP/1.1.
std::optional<UnsupportedRequest> find_unsupported(const http::RequestHead& head);

/// Why an upgrade is not made where tunnels are not served, or null for a request with a body.
inline constexpr std::string_view no_upgrades =
    "Upgrade (WebSocket and the like) is not served: tunnel_upgrades is off; ask without Upgrade, "
    "or connect to the origin itself";
inline constexpr std::string_view no_upgrade_with_body =
    "Upgrade with a request body is not served; send the upgrade as a GET";

}  // namespace ccnproxy::proxy
