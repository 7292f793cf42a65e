#pragma once

#include <memory>

#include "ccnproxy/tls/peer_name.h"

struct ssl_ctx_st;
struct ssl_st;

namespace ccnproxy::tls {

class SessionCache;

/// Lets connections of this context hand their sessions to the cache they are bound to, and none to
/// OpenSSL's own, which knows no names. Throws std::runtime_error.
void keep_sessions(ssl_ctx_st& context);

/// Before the handshake: offers a session of this peer if one is remembered, and remembers those
/// that come, at any time in the connection's life. `ssl` owns a share of the cache from then on.
/// Never any early data (F044).
void bind_sessions(ssl_st& ssl, std::shared_ptr<SessionCache> cache, const PeerName& peer);

/// After a handshake that failed: where a session was offered, all of that peer are dropped, so
/// that the next handshake is a full one. An origin that can't cope with what it issued would
/// otherwise be met with it again and again.
void distrust_sessions(const ssl_st& ssl);

}  // namespace ccnproxy::tls
