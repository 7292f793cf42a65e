#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "ccnproxy/tls/certificate_facts.h"

struct ssl_ctx_st;
struct ssl_st;

namespace ccnproxy::tls {

/// The outcome of a handshake for diagnostics: what it agreed on, and the certificate. Of a
/// handshake that finished, or that failed at the certificate.
struct HandshakeFacts {
  std::string version;  ///< TLSv1.3
  std::string cipher;   ///< OpenSSL's name: TLS_AES_128_GCM_SHA256
  std::string group;    ///< of the key exchange: X25519; empty if it is not known
  std::string alpn;     ///< h2; empty if the origin chose nothing
  bool resumed = false;
  std::optional<CertificateFacts> certificate;  ///< that was shown
  std::string fault;                            ///< why it was refused; empty if it was not
  std::size_t hello_bytes = 0;  ///< of our first ClientHello, with its record's header
  bool retried = false;         ///< the origin asked for the share of another group
};

HandshakeFacts facts_of(const ssl_st& ssl);

/// Called for each handshake that finished or failed at the origin's certificate, on the
/// connection's thread.
using HandshakeWitness = std::function<void(const HandshakeFacts&)>;

/// Lets connections of this context take notes (ConnectionNotes) and, if there is a witness, tell
/// it. The context keeps the witness as long as it lives.
void tell_handshakes(ssl_ctx_st& context, HandshakeWitness witness);

}  // namespace ccnproxy::tls
