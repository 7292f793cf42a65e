#include "ccnproxy/tls/session_binding.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ccnproxy/tls/connection_notes.h"

#include "certificate_time.h"

namespace ccnproxy::tls {
namespace {

/// A handshake does not end where verification failed; this holds even if that should change.
bool is_trusted(const SSL& ssl, bool verified) {
  return !verified || SSL_get_verify_result(&ssl) == X509_V_OK;
}

/// OpenSSL calls it when a session is complete: with TLS 1.3 for each ticket, some time after the
/// handshake. 0 leaves OpenSSL's own object to OpenSSL.
int on_new_session(SSL* ssl, SSL_SESSION* session) {
  const auto* notes = ConnectionNotes::of(*ssl);
  if (notes && notes->sessions) notes->sessions->remember(*ssl, *session);
  return 0;
}

}  // namespace

void keep_sessions(ssl_ctx_st& context) {
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(&context, on_new_session);
}

SessionBinding::SessionBinding(ssl_st& ssl, std::shared_ptr<SessionCache> cache,
                               const PeerName& peer)
    : cache_(std::move(cache)), peer_(peer) {
  const auto known = cache_->take(peer);
  certificate_end_ = known.certificate_end;
  offered_ = known.session && SSL_set_session(&ssl, known.session.get()) == 1;
  ERR_clear_error();
}

void SessionBinding::distrust() {
  if (offered_) cache_->forget(peer_);
}

void SessionBinding::remember(ssl_st& ssl, ssl_session_st& session) const {
  const bool verified = SSL_get_verify_mode(&ssl) != SSL_VERIFY_NONE;
  if (SSL_SESSION_is_resumable(&session) == 1 && is_trusted(ssl, verified))
    cache_->put(peer_, session, life_of(session, verified ? certificate_end(ssl) : endless));
}

/// A resumed handshake shows no certificate: the one that counts is that of the full one before.
std::time_t SessionBinding::certificate_end(const ssl_st& ssl) const {
  if (SSL_session_reused(&ssl) == 1) return certificate_end_;
  const auto* certificate = SSL_get0_peer_certificate(&ssl);
  return certificate ? end_of(*certificate) : endless;
}

}  // namespace ccnproxy::tls
