#pragma once

#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "ccnproxy/base/error.h"
#include "ccnproxy/tls/connection_notes.h"
#include "ccnproxy/tls/group_binding.h"
#include "ccnproxy/tls/handshake_secrets.h"
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
  /// Before the handshake: it offers the groups that were learnt of this peer, and teaches.
  void bind_groups(std::shared_ptr<const GroupProfile> profile, std::shared_ptr<GroupCache> memory,
                   const PeerName& peer);
  /// Before the handshake: ALPN names HTTP/1.1 alone, whatever the profile has.
  void offer_only_http1();

  enum class Handshake : std::uint8_t { done, want_read, want_write, failed };
  /// Takes the handshake as far as it goes now.
  Handshake handshake();
  /// After a failed handshake: the side and the cause; detail without the origin's name.
  Error handshake_error() const;

  /// After a handshake that failed, or took too long: if the origin did not answer its ClientHello,
  /// one that is too large for something on the way may be the reason, and the next is smaller.
  void blame_hello();
  /// After the handshake, once: this one shows, as the first of its origin, that large ones are not
  /// answered.
  bool shows_fault_of_large_hellos() noexcept { return std::exchange(large_at_fault_, false); }
  /// The group of the key exchange, by IANA's number; 0: none.
  std::uint16_t group() const noexcept { return group_; }

  /// The protocol that the origin chose, from the finished handshake: "h2", "http/1.1" or "".
  std::string_view alpn() const;
  /// Whether the handshake resumed an earlier session instead of showing a certificate.
  bool resumed() const;
  /// When the origin's certificates end, seconds since 1970; nothing if they were not verified.
  std::optional<std::time_t> certificate_end() const;

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
  void settle_groups();
  void settle_late_handshakes();
  IoResult outcome(int returned, int& kind);
  IoResult refused();
  Error failed_handshake(int kind, int system_error);
  std::string declined_text() const;
  std::string words_of(unsigned long error) const;

  SocketReader reader_;
  ConnectionNotes notes_;
  std::optional<SessionBinding> sessions_;
  std::unique_ptr<GroupBinding> groups_;  ///< until the first handshake is over
  UniqueKey sent_key_;                    ///< likewise
  std::unique_ptr<ssl_st, Free> ssl_;
  std::unique_ptr<Error>
      error_;  ///< of the handshake, or what ended the connection; most have none
  std::uint16_t group_ = 0;
  bool renegotiates_ = false;
  bool large_at_fault_ = false;
  bool hello_at_fault_ = false;  ///< it may be the ClientHello that failed the handshake
  bool broken_ = false;          ///< OpenSSL forbids SSL_shutdown after a fatal error
};

}  // namespace ccnproxy::tls
