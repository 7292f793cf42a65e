#pragma once

#include <cstdint>
#include <memory>

#include "ccnproxy/tls/certificate_fault.h"
#include "ccnproxy/tls/handshake_limit.h"

struct ssl_ctx_st;
struct ssl_st;

namespace ccnproxy::tls {

class SessionBinding;

/// Facts of one connection that OpenSSL tells through callbacks only. The connection's transport
/// owns them; callbacks find them by the connection's BIO, which costs no memory.
struct ConnectionNotes {
  /// How handshakes after the first are answered.
  enum class LateHandshakes : std::uint8_t {
    taken,      ///< as far as the limit goes
    forbidden,  ///< HTTP/2: RFC 9113 §9.2.3, RFC 8740 §3
  };
  /// Why the connection must end.
  enum class Refusal : std::uint8_t { none, on_http2, too_many };

  /// Before the handshake; must outlive `ssl`.
  void attach(ssl_st& ssl);
  /// Null where nothing was attached.
  static ConnectionNotes* of(const ssl_st& ssl);

  const SessionBinding* sessions = nullptr;  ///< where its sessions go
  std::unique_ptr<CertificateFault> fault;   ///< of the origin's certificate
  HandshakeLimit limit;
  std::uint8_t hellos = 0;         ///< ClientHellos sent; counted where there is a witness
  std::size_t hello_bytes = 0;     ///< of the first
  bool answered = false;           ///< the origin took the ClientHello: its own, or a retry's
  bool established = false;        ///< the first handshake is over
  bool certificate_asked = false;  ///< by the origin, of us
  bool declined = false;           ///< a renegotiation, since there is no certificate to show
  LateHandshakes late = LateHandshakes::taken;
  Refusal refusal = Refusal::none;
};

/// Lets connections of this context note what the origin asks of them, and bounds how often it may.
/// `info` of OpenSSL is told to note_progress().
void note_requests(ssl_ctx_st& context);

/// To be called from the context's info callback.
void note_progress(const ssl_st& ssl, int where, int value);

}  // namespace ccnproxy::tls
