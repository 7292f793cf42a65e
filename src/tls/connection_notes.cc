#include "ccnproxy/tls/connection_notes.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

namespace ccnproxy::tls {
namespace {

using Refusal = ConnectionNotes::Refusal;

void admit_late_handshake(ConnectionNotes& notes) {
  if (!notes.limit.admit(std::chrono::steady_clock::now())) notes.refusal = Refusal::too_many;
}

/// The origin wants a certificate. With TLS 1.3 many such requests can come in one read, each worth
/// a signature: they are counted here. 0 ends the connection with an alert.
int on_certificate_asked(SSL* ssl, void*) {
  auto* notes = ConnectionNotes::of(*ssl);
  if (!notes) return 1;
  notes->certificate_asked = true;
  if (!notes->established) return 1;
  if (notes->late == ConnectionNotes::LateHandshakes::forbidden) notes->refusal = Refusal::on_http2;
  if (SSL_version(ssl) >= TLS1_3_VERSION) admit_late_handshake(*notes);
  return notes->refusal == Refusal::none ? 1 : 0;
}

}  // namespace

void ConnectionNotes::attach(ssl_st& ssl) {
  void* const self = this;
  BIO_set_callback_arg(SSL_get_rbio(&ssl), static_cast<char*>(self));
}

ConnectionNotes* ConnectionNotes::of(const ssl_st& ssl) {
  void* const notes = BIO_get_callback_arg(SSL_get_rbio(&ssl));
  return static_cast<ConnectionNotes*>(notes);
}

void note_requests(ssl_ctx_st& context) {
  SSL_CTX_set_cert_cb(&context, on_certificate_asked, nullptr);
}

void note_progress(const ssl_st& ssl, int where, int value) {
  auto* notes = ConnectionNotes::of(ssl);
  if (!notes) return;
  constexpr int declined = SSL3_AL_WARNING << 8 | SSL_AD_NO_RENEGOTIATION;
  if ((where & SSL_CB_WRITE_ALERT) == SSL_CB_WRITE_ALERT && value == declined)
    notes->declined = true;
  if (where == SSL_CB_CONNECT_LOOP && SSL_get_state(&ssl) == TLS_ST_CR_SRVR_HELLO)
    notes->answered = true;
  if ((where & SSL_CB_HANDSHAKE_START) && notes->established) admit_late_handshake(*notes);
}

}  // namespace ccnproxy::tls
