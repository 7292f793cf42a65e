#pragma once

#include <ctime>
#include <memory>

#include "ccnproxy/tls/peer_name.h"
#include "ccnproxy/tls/session_cache.h"

struct ssl_ctx_st;
struct ssl_st;

namespace ccnproxy::tls {

/// Lets connections of this context hand their sessions to the cache they are bound to, and none to
/// OpenSSL's own, which knows no names.
void keep_sessions(ssl_ctx_st& context);

/// Where the sessions of one connection belong. OpenSSL finds it by the connection's notes; must
/// outlive `ssl`.
class SessionBinding {
 public:
  /// Before the handshake: offers a session of this peer if one is remembered, and remembers those
  /// that come, at any time in the connection's life. Never any early data (F044).
  SessionBinding(ssl_st& ssl, std::shared_ptr<SessionCache> cache, const PeerName& peer);
  SessionBinding(const SessionBinding&) = delete;
  SessionBinding& operator=(const SessionBinding&) = delete;

  /// After a handshake that failed: where a session was offered, all of that peer are dropped, so
  /// that the next handshake is a full one. An origin that can't cope with what it issued would
  /// otherwise be met with it again and again.
  void distrust();
  /// A session of `ssl` is complete.
  void remember(ssl_st& ssl, ssl_session_st& session) const;
  /// When the origin's certificates end, seconds since 1970, once the handshake is over: those of
  /// the full handshake before, if it was resumed. `endless` if they were not verified.
  std::time_t certificate_end(const ssl_st& ssl) const;

 private:
  std::shared_ptr<SessionCache> cache_;
  PeerName peer_;
  bool offered_ = false;
  Verification verification_;  ///< of what was offered
};

}  // namespace ccnproxy::tls
