#pragma once

#include <ctime>
#include <functional>
#include <optional>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace ccnproxy::tls {

/// What a finished handshake agreed on, and whom it met, for people. Names of certificates are in
/// the form of RFC 2253, printable ASCII whatever the certificate holds.
struct HandshakeFacts {
  std::string version;  ///< TLSv1.3
  std::string cipher;   ///< OpenSSL's name: TLS_AES_128_GCM_SHA256
  bool resumed = false;
  std::string subject;  ///< of the certificate that was shown, as are those below
  std::string issuer;
  std::optional<std::time_t> expires;
};

HandshakeFacts facts_of(const ssl_st& ssl);

/// Told of each handshake that a connection of a context finished, on that connection's thread.
using HandshakeWitness = std::function<void(const HandshakeFacts&)>;

/// The context keeps the witness as long as it lives.
void tell_handshakes(ssl_ctx_st& context, HandshakeWitness witness);

}  // namespace ccnproxy::tls
