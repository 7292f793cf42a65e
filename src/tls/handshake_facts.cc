#include "ccnproxy/tls/handshake_facts.h"

#include <stdexcept>

#include <openssl/ssl.h>

#include "ccnproxy/tls/connection_notes.h"
#include "ccnproxy/tls/groups.h"

namespace ccnproxy::tls {
namespace {

void free_witness(void*, void* witness, CRYPTO_EX_DATA*, int, long, void*) {
  delete static_cast<HandshakeWitness*>(witness);
}

int slot() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, free_witness);
  return index;
}

const HandshakeWitness& witness_of(const SSL* ssl) {
  return *static_cast<HandshakeWitness*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot()));
}

void on_progress(const SSL* ssl, int where, int value) { note_progress(*ssl, where, value); }

void on_witnessed_progress(const SSL* ssl, int where, int value) {
  note_progress(*ssl, where, value);
  const auto* notes = ConnectionNotes::of(*ssl);
  const bool failed = where == SSL_CB_CONNECT_EXIT && value < 1;
  if (where & SSL_CB_HANDSHAKE_DONE) witness_of(ssl)(facts_of(*ssl));
  if (failed && notes && notes->fault) {
    auto facts = facts_of(*ssl);
    facts.certificate = notes->fault->shown;
    facts.fault = notes->fault->reason;
    witness_of(ssl)(facts);
  }
}

/// Of what is sent, each ClientHello is noted.
void on_message(int sent, int, int type, const void* bytes, std::size_t size, SSL* ssl, void*) {
  auto* notes = ConnectionNotes::of(*ssl);
  const bool is_hello = sent == 1 && type == SSL3_RT_HANDSHAKE && size > 0 &&
                        *static_cast<const unsigned char*>(bytes) == SSL3_MT_CLIENT_HELLO;
  if (!notes || !is_hello || notes->established) return;
  if (++notes->hellos == 1) notes->hello_bytes = size + SSL3_RT_HEADER_LENGTH;
}

std::string alpn_of(const SSL& ssl) {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(&ssl, &name, &size);
  return printable({reinterpret_cast<const char*>(name), size});
}

}  // namespace

HandshakeFacts facts_of(const ssl_st& ssl) {
  HandshakeFacts facts;
  facts.version = SSL_get_version(&ssl);
  facts.cipher = SSL_get_cipher_name(&ssl);
  facts.group = group_name(agreed_group(ssl));
  if (const auto* notes = ConnectionNotes::of(ssl)) {
    facts.hello_bytes = notes->hello_bytes;
    facts.retried = notes->hellos > 1;
  }
  facts.alpn = alpn_of(ssl);
  facts.resumed = SSL_session_reused(&ssl) == 1;
  if (const auto* certificate = SSL_get0_peer_certificate(&ssl))
    facts.certificate = facts_of(*certificate);
  return facts;
}

void tell_handshakes(ssl_ctx_st& context, HandshakeWitness witness) {
  SSL_CTX_set_info_callback(&context, on_progress);
  if (!witness) return;
  auto kept = std::make_unique<HandshakeWitness>(std::move(witness));
  if (SSL_CTX_set_ex_data(&context, slot(), kept.get()) != 1)
    throw std::runtime_error("OpenSSL has no place for a witness");
  kept.release();
  SSL_CTX_set_info_callback(&context, on_witnessed_progress);
  SSL_CTX_set_msg_callback(&context, on_message);
}

}  // namespace ccnproxy::tls
