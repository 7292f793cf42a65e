#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head.h"

namespace ccnproxy::http {

/// A request as it goes to an origin, whatever the protocol: what the client sent less hop-by-hop
/// fields, with ours added. Views into memory of its exchange, which outlives every attempt.
struct OutgoingRequest {
  std::string_view method;
  std::string_view scheme;     ///< "https" or "http"
  std::string_view authority;  ///< Host and `:authority`
  std::string_view path;       ///< origin-form or "*", byte for byte
  Fields fields;               ///< without Host, Connection, Content-Length and Transfer-Encoding
  BodyFraming body;            ///< none, length or chunked
  /// What the connection is to become (Upgrade, RFC 9110 §7.8); empty: HTTP it stays. HTTP/1.1
  /// only.
  std::string_view upgrade = {};
  bool accepts_trailers =
      false;  ///< the client said TE: trailers, which is said anew (RFC 9110 §10.1.4)

  bool has_body() const noexcept { return body.kind != BodyFraming::Kind::none; }
};

/// Appends it as an HTTP/1.1 head with its empty line (RFC 9112 §3). A chunked body is announced as
/// such, a body of known length by Content-Length.
void append_request_head(std::string& out, const OutgoingRequest& request);

}  // namespace ccnproxy::http
