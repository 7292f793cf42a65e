#include "ccnproxy/tls/handshake_facts.h"

#include <stdexcept>

#include <openssl/ssl.h>

#include "ccnproxy/tls/certificate_time.h"

namespace ccnproxy::tls {
namespace {

std::string text_of(const X509_NAME* name) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
  char* bytes = nullptr;
  if (!name || !out || X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return {};
  const auto size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

void free_witness(void*, void* witness, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<HandshakeWitness*>(witness);
}

int slot() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_witness);
  return index;
}

void on_progress(const SSL* ssl, int where, int) {
  if (!(where & SSL_CB_HANDSHAKE_DONE)) return;
  const auto* witness =
      static_cast<HandshakeWitness*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot()));
  if (witness && *witness) (*witness)(facts_of(*ssl));
}

}  // namespace

HandshakeFacts facts_of(const ssl_st& ssl) {
  HandshakeFacts facts;
  facts.version = SSL_get_version(&ssl);
  facts.cipher = SSL_get_cipher_name(&ssl);
  facts.resumed = SSL_session_reused(&ssl) == 1;
  if (const auto* certificate = SSL_get0_peer_certificate(&ssl)) {
    facts.subject = text_of(X509_get_subject_name(certificate));
    facts.issuer = text_of(X509_get_issuer_name(certificate));
    facts.expires = end_of(*certificate);
  }
  return facts;
}

void tell_handshakes(ssl_ctx_st& context, HandshakeWitness witness) {
  auto kept = std::make_unique<HandshakeWitness>(std::move(witness));
  if (SSL_CTX_set_ex_data(&context, slot(), kept.get()) != 1)
    throw std::runtime_error("OpenSSL has no place for a witness");
  kept.release();
  SSL_CTX_set_info_callback(&context, on_progress);
}

}  // namespace ccnproxy::tls
