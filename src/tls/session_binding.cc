#include "ccnproxy/tls/session_binding.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ccnproxy/tls/connection_notes.h"

#include "certificate_time.h"
#include "session_time.h"

namespace ccnproxy::tls {
namespace {

bool is_verified(const SSL& ssl) { return SSL_get_verify_mode(&ssl) != SSL_VERIFY_NONE; }

/// A handshake does not end where verification failed; this holds even if that should change.
bool is_trusted(const SSL& ssl) {
  return !is_verified(ssl) || SSL_get_verify_result(&ssl) == X509_V_OK;
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
  verification_ = known.verification;
  offered_ = known.session && SSL_set_session(&ssl, known.session.get()) == 1;
  ERR_clear_error();
}

void SessionBinding::distrust() {
  if (offered_) cache_->forget(peer_);
}

void SessionBinding::remember(ssl_st& ssl, ssl_session_st& session) const {
  if (SSL_SESSION_is_resumable(&session) != 1 || !is_trusted(ssl)) return;
  const auto at = SSL_session_reused(&ssl) == 1 ? verification_.at : session_time(session);
  cache_->put(peer_, session, life_of(session, {at, certificate_end(ssl)}));
}

/// A resumed handshake shows no certificate.
std::time_t SessionBinding::certificate_end(const ssl_st& ssl) const {
  if (SSL_session_reused(&ssl) == 1) return verification_.certificate_end;
  auto end = endless;
  if (!is_verified(ssl)) return end;
  const auto* chain = SSL_get0_verified_chain(&ssl);
  for (int i = 0; i < sk_X509_num(chain); ++i)
    end = std::min(end, end_of(*sk_X509_value(chain, i)));
  return end;
}

}  // namespace ccnproxy::tls
