#pragma once

struct ssl_st;

namespace ccnproxy::tls {

/// Wipes what only the handshake needed and OpenSSL keeps as long as the connection: both sides'
/// keys of the key exchange, without which nobody can read later what was said (RFC 8446 §E.1), and
/// the name and the protocols that were asked for. Renegotiation must be off; a certificate that
/// came all the same would be refused, for nobody is expected in it (share_certificates()).
void forget_handshake(ssl_st& ssl) noexcept;

}  // namespace ccnproxy::tls
