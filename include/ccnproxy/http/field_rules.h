#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/http/head.h"

namespace ccnproxy::http {

/// The filter of hop-by-hop fields (RFC 9110 §7.6.1): drops these and the fields that the message's
/// Connection fields name. A Connection field can't remove what frames or routes the message (Host,
/// Content-Length, Via, Idempotency-Key, X-Forwarded-* and the like, F086). Reads the Connection
/// fields once when made; holds a view of the head, which must outlive it.
class HopByHop {
 public:
  explicit HopByHop(const Fields& fields);
  /// Whether `field` stays with this connection. Transfer-Encoding always does; Content-Length and
  /// Host are not judged here (never dropped): what writes the message writes them anew.
  bool drops(const Field& field) const noexcept;

 private:
  const Fields& fields_;
  bool names_others_ = false;  ///< a Connection field names more than close and keep-alive
};

/// Whether a trailer field may be passed on (RFC 9110 §6.5.1): nothing that frames, routes,
/// authenticates.
bool trailer_allowed(const Field& field) noexcept;

/// GET, HEAD, OPTIONS, TRACE, PUT, DELETE (RFC 9110 §9.2.2); methods are case-sensitive.
bool is_idempotent(std::string_view method) noexcept;

/// The registered reason phrase of a status code, "" if there is none.
std::string_view reason_phrase(std::uint16_t status) noexcept;

/// Appends `value` as an sf-string (RFC 8941 §3.3.3): quoted, \ and " escaped, what is not
/// printable ASCII left out.
void append_sf_string(std::string& out, std::string_view value);

/// The value of a Proxy-Status field: `ccnproxy; error=TYPE; details="..."` (RFC 9209 §2).
std::string proxy_status(std::string_view error_type, std::string_view details);

/// Whether `host` is a uri-host with an optional port and nothing else (RFC 9110 §7.2): no
/// userinfo, path, query, fragment, white space or controls. An empty one is not valid here.
///
/// Stricter than the grammar: no percent-encoding (the proxy does not decode it, a server behind it
/// might), no comma (two Hosts folded into one), ports up to 65535, no zone or future IP literals.
/// Wider in one point: a label may follow an IP literal, as in `[2001:db8::1].ccnproxy-https`.
bool is_valid_host(std::string_view host) noexcept;

}  // namespace ccnproxy::http
