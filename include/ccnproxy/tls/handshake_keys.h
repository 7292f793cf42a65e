#pragma once

struct ssl_st;

namespace ccnproxy::tls {

/// Wipes both sides' keys of the key exchange, which OpenSSL keeps as long as the connection:
/// nothing uses them any more once the handshake is done, and without them nobody can read later
/// what was said (RFC 8446 §E.1). Renegotiation must be off.
void forget_handshake_keys(ssl_st& ssl) noexcept;

}  // namespace ccnproxy::tls
