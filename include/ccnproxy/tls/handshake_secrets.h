#pragma once

#include <memory>

struct evp_pkey_st;
struct ssl_st;

namespace ccnproxy::tls {

struct FreeKey {
  void operator()(evp_pkey_st* key) const noexcept;
};
using UniqueKey = std::unique_ptr<evp_pkey_st, FreeKey>;

/// The private key of the first key share, while the ClientHello is unanswered. If the origin
/// chooses another group, OpenSSL keeps the key as long as the connection: 8 KiB for ML-KEM.
UniqueKey sent_key(ssl_st& ssl) noexcept;
/// Wipes the key, for all references to it.
void forget_key(UniqueKey key) noexcept;

/// Wipes both sides' keys of the key exchange, which OpenSSL keeps as long as the connection:
/// without them a recording can't be decrypted later (RFC 8446 §E.1).
void forget_keys(ssl_st& ssl) noexcept;

/// Frees the name and the protocols that were asked for. Renegotiation must be off; a certificate
/// that came all the same would be refused, for no name is expected in it (share_certificates()).
void forget_names(ssl_st& ssl) noexcept;

}  // namespace ccnproxy::tls
