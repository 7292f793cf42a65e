#pragma once

#include <memory>
#include <string>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/tls/handshake_facts.h"
#include "ccnproxy/tls/peer_name.h"

struct ssl_ctx_st;

namespace ccnproxy::tls {

class GroupCache;
class GroupProfile;
class SessionCache;
class TlsTransport;
struct CipherBuffer;

/// One TLS profile for connections to origins: trust, versions, ALPN, client certificate. Made
/// while starting; shared by all workers, as are the sessions that its connections brought, which
/// later ones resume (F043), and what they learnt of each origin's key exchange.
class TlsContext {
 public:
  /// Throws std::runtime_error with OpenSSL's text if a file can't be used. `witness` is for
  /// diagnostics; without one nothing is reported.
  explicit TlsContext(const config::Tls& settings, HandshakeWitness witness = nullptr);
  /// The same profile with sessions of its own: for connections that lead to another place.
  static std::shared_ptr<const TlsContext> apart(const TlsContext& profile);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A client connection on a connected socket, handshake not begun; it offers a session of this
  /// peer if one is remembered. The peer's host is the name for SNI and verification (or the
  /// profile's server_name): a literal address is verified as such and not sent as SNI (RFC 6066
  /// §3).
  std::unique_ptr<TlsTransport> connect(UniqueFd fd, const PeerName& peer,
                                        CipherBuffer& buffer) const;

  /// Whether HTTP/1.1 is among what it offers (`tls.alpn`).
  bool offers_http1() const noexcept { return offers_http1_; }

  /// What can be resumed. It outlives this as long as a connection does.
  SessionCache& sessions() const noexcept { return *sessions_; }

 private:
  struct Apart {};
  TlsContext(Apart, const TlsContext& profile);

  std::shared_ptr<ssl_ctx_st> ctx_;
  std::shared_ptr<SessionCache> sessions_;
  std::shared_ptr<const GroupProfile> groups_;  ///< null: `tls.groups` says what is offered
  std::shared_ptr<GroupCache> group_memory_;
  std::string server_name_;
  bool verify_;
  bool offers_http1_;
};

}  // namespace ccnproxy::tls
