#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ccnproxy/base/error.h"
#include "ccnproxy/tls/connection_notes.h"
#include "ccnproxy/tls/session_binding.h"
#include "ccnproxy/tls/socket_reader.h"
#include "ccnproxy/tls/transport.h"

struct ssl_st;

namespace ccnproxy::tls {

/// TLS over a non-blocking socket. Handshakes that the origin asks for later (renegotiation,
/// post-handshake authentication) run within read() and write(), where a client certificate is
/// configured and the connection speaks HTTP/1.1; their number is bounded (HandshakeLimit).
class TlsTransport final : public Transport {
 public:
  /// Takes both over; `ssl` is set up for a client and not yet connected to the descriptor.
  /// `buffer` is the worker's and must outlive this.
  TlsTransport(UniqueFd fd, ssl_st* ssl, CipherBuffer& buffer);
  ~TlsTransport() override;

  /// Before the handshake: from now on its sessions are remembered there, and one is offered.
  void bind_sessions(std::shared_ptr<SessionCache> cache, const PeerName& peer);
  /// Before the handshake: ALPN names HTTP/1.1 alone, whatever the profile has.
  void offer_only_http1();

  enum class Handshake : std::uint8_t { done, want_read, want_write, failed };
  /// Takes the handshake as far as it goes now.
  Handshake handshake();
  /// After a failed handshake: whose fault and why; detail without the origin's name.
  Error handshake_error() const;

  /// The protocol that the origin chose, from the finished handshake: "h2", "http/1.1" or "".
  std::string_view alpn() const;
  /// Whether the handshake resumed an earlier session instead of showing a certificate.
  bool resumed() const;

  IoResult read(char* into, std::size_t size) override;
  IoResult write(std::string_view bytes) override;
  bool has_more() override;
  std::size_t held() const noexcept override;
  void close() override;
  std::string failure() const override;

 private:
  struct Free {
    void operator()(ssl_st* ssl) const noexcept;
  };
  void settle_late_handshakes();
  IoResult outcome(int returned, int& kind);
  IoResult refused();
  Error failed_handshake(int kind, int system_error);
  std::string declined_text() const;
  std::string words_of(unsigned long error) const;

  SocketReader reader_;
  ConnectionNotes notes_;
  std::optional<SessionBinding> sessions_;
  std::unique_ptr<ssl_st, Free> ssl_;
  std::unique_ptr<Error>
      error_;  ///< of the handshake, or what ended the connection; most have none
  bool renegotiates_ = false;
  bool broken_ = false;  ///< OpenSSL forbids SSL_shutdown after a fatal error
};

}  // namespace ccnproxy::tls
