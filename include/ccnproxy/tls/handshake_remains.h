#pragma once

struct ssl_st;

namespace ccnproxy::tls {

/// Wipes both sides' keys of the key exchange, which OpenSSL keeps as long as the connection:
/// without them what was said can't be read later (RFC 8446 §E.1).
void forget_keys(ssl_st& ssl) noexcept;

/// Frees the name and the protocols that were asked for. Renegotiation must be off; a certificate
/// that came all the same would be refused, for no name is expected in it (share_certificates()).
void forget_names(ssl_st& ssl) noexcept;

}  // namespace ccnproxy::tls
