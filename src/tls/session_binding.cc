#include "ccnproxy/tls/session_binding.h"

#include <stdexcept>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ccnproxy/tls/certificate_time.h"
#include "ccnproxy/tls/session_cache.h"

namespace ccnproxy::tls {
namespace {

/// Where the sessions of one SSL belong; owned by it.
struct Binding {
  std::shared_ptr<SessionCache> cache;
  PeerName peer;
  bool offered = false;
  std::time_t certificate_end = endless;  ///< of what was offered
};

void free_binding(void*, void* binding, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<Binding*>(binding);
}

int slot() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, free_binding);
  return index;
}

Binding* binding_of(const SSL& ssl) { return static_cast<Binding*>(SSL_get_ex_data(&ssl, slot())); }

/// A handshake does not end where verification failed; this holds even if that should change.
bool is_trusted(const SSL& ssl, bool verified) {
  return !verified || SSL_get_verify_result(&ssl) == X509_V_OK;
}

/// A resumed handshake shows no certificate: the one that counts is that of the full one before.
std::time_t certificate_end(const SSL& ssl, const Binding& binding) {
  if (SSL_session_reused(&ssl) == 1) return binding.certificate_end;
  const auto* certificate = SSL_get0_peer_certificate(&ssl);
  return certificate ? end_of(*certificate) : endless;
}

/// OpenSSL calls it when a session is complete: with TLS 1.3 for each ticket, some time after the
/// handshake. 0 leaves OpenSSL's own object to OpenSSL.
int on_new_session(SSL* ssl, SSL_SESSION* session) {
  const auto* binding = binding_of(*ssl);
  const bool verified = SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE;
  if (binding && SSL_SESSION_is_resumable(session) == 1 && is_trusted(*ssl, verified))
    binding->cache->put(binding->peer, *session,
                        life_of(*session, verified ? certificate_end(*ssl, *binding) : endless));
  return 0;
}

}  // namespace

void keep_sessions(ssl_ctx_st& context) {
  if (slot() < 0) throw std::runtime_error("OpenSSL has no place for sessions");
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(&context, on_new_session);
}

void bind_sessions(ssl_st& ssl, std::shared_ptr<SessionCache> cache, const PeerName& peer) {
  auto made = std::make_unique<Binding>(Binding{std::move(cache), peer});
  if (SSL_set_ex_data(&ssl, slot(), made.get()) != 1) return;
  auto& binding = *made.release();
  const auto known = binding.cache->take(peer);
  binding.certificate_end = known.certificate_end;
  binding.offered = known.session && SSL_set_session(&ssl, known.session.get()) == 1;
  ERR_clear_error();
}

void distrust_sessions(const ssl_st& ssl) {
  const auto* binding = binding_of(ssl);
  if (binding && binding->offered) binding->cache->forget(binding->peer);
}

}  // namespace ccnproxy::tls
