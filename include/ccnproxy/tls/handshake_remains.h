#pragma once

#include <memory>

struct evp_pkey_st;
struct ssl_st;

namespace ccnproxy::tls {

struct FreeKey {
  void operator()(evp_pkey_st* key) const noexcept;
};
using UniqueKey = std::unique_ptr<evp_pkey_st, FreeKey>;

/// While a ClientHello waits for its answer: the key of its first share. Where the origin chooses
/// another, OpenSSL keeps it as long as the connection: 8 KiB of ML-KEM's.
UniqueKey sent_key(ssl_st& ssl) noexcept;
/// Wipes it, for all that have a share of it.
void forget_key(UniqueKey key) noexcept;

/// Wipes both sides' keys of the key exchange, which OpenSSL keeps as long as the connection:
/// without them what was said can't be read later (RFC 8446 §E.1).
void forget_keys(ssl_st& ssl) noexcept;

/// Frees the name and the protocols that were asked for. Renegotiation must be off; a certificate
/// that came all the same would be refused, for no name is expected in it (share_certificates()).
void forget_names(ssl_st& ssl) noexcept;

}  // namespace ccnproxy::tls
