#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ccnproxy/http/head.h"

namespace ccnproxy::proxy {

/// Whether these credentials (Authorization) are of a scheme that logs a connection in, not only a
/// request: NTLM, Negotiate (RFC 4559 §6) and their relatives at Microsoft's servers. What comes
/// after such a request on the same connection may be answered as that user's.
bool logs_connection_in(std::string_view credentials) noexcept;

/// Whether a 401 with this WWW-Authenticate is a step of such a login and no refusal: it carries
/// what the client's next message is computed from, and only the next request on this connection
/// can bring that.
bool continues_login(std::string_view challenges) noexcept;

/// The same of a whole response.
bool is_login_step(const http::ResponseHead& head) noexcept;

/// The connection that a request is sent on.
enum class ConnectionChoice : std::uint8_t {
  pooled,   ///< any of the pool's
  bind,     ///< a new one, which belongs to the client's connection from now on
  bound,    ///< the one that belongs to the client's connection already
  refused,  ///< none: the client's connection holds as many as it may
};

/// What the choice is made from.
struct LoginFacts {
  bool sends_login = false;       ///< the request's credentials log its connection in
  bool holds_connection = false;  ///< one to this origin is bound to the client's connection, open
  std::size_t held = 0;           ///< so many are, to any origin
};

/// So many origins can one client connection be logged in at.
inline constexpr std::size_t most_bound_connections = 8;

/// Once a client's connection has logged in at an origin, all that it sends there goes over the
/// connection that it logged in on, with credentials or without, as it would directly. Credentials
/// go over none that another client may be given: a login begins with the request, whether or not
/// the origin has asked for it.
constexpr ConnectionChoice choose_connection(const LoginFacts& f) {
  if (f.holds_connection) return ConnectionChoice::bound;
  if (!f.sends_login) return ConnectionChoice::pooled;
  return f.held < most_bound_connections ? ConnectionChoice::bind : ConnectionChoice::refused;
}

}  // namespace ccnproxy::proxy
