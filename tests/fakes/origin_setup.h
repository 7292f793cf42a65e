#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "fakes/origin_connection.h"
#include "fakes/tls_context.h"

namespace ccnproxy::fakes {

struct OriginOptions {
  bool tls = true;
  Certificate certificate{};  ///< from TestPki; needed where `tls`
  /// In the server's order of preference. Empty: the extension is not answered. No protocol in
  /// common: the alert no_application_protocol.
  std::vector<std::string> alpn{"h2", "http/1.1"};
  int min_version = TLS1_2_VERSION;
  int max_version = TLS1_3_VERSION;
  std::string groups{};  ///< as SSL_CTX_set1_groups_list takes them; empty: OpenSSL's own
  bool refuse_large_hello = false;  ///< one with a post-quantum key share gets an alert
  bool answer_handshake = true;     ///< false: reads the ClientHello and stays silent
  bool session_tickets = true;
  std::uint32_t early_data = 0;  ///< bytes of 0-RTT that tickets allow a client to send
  std::string client_ca_file{};  ///< clients must show a certificate of this CA
  /// Of this CA a certificate is believed that OriginConnection::ask_certificate() gets.
  std::string late_client_ca_file{};
  int receive_buffer = 0;  ///< SO_RCVBUF in bytes; only what the origin was made with counts
  std::string address = "127.0.0.1:0";
};

/// The CN of the certificate that a client has shown; empty if it has shown none.
std::string subject_of_client(SSL* ssl);

/// Options with the TLS context made from them; what a connection's handshake runs on.
class OriginSetup {
 public:
  using TicketKeys = std::array<unsigned char, 80>;

  /// `keys` are the origin's own, so that sessions outlive a change of options.
  OriginSetup(OriginOptions options, TicketKeys keys);
  OriginSetup(const OriginSetup&) = delete;
  OriginSetup& operator=(const OriginSetup&) = delete;

  const OriginOptions& options() const { return options_; }
  /// Completes the handshake as the server; `facts` is filled as far as it comes, also when it
  /// throws PeerGone.
  void handshake(Stream& stream, TlsFacts& facts) const;

 private:
  OriginOptions options_;
  std::string alpn_;
  TlsContext context_;
};

}  // namespace ccnproxy::fakes
