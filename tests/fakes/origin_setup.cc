#include "fakes/origin_setup.h"

namespace ccnproxy::fakes {
namespace {

TlsFacts& facts_of(SSL* ssl) { return *static_cast<TlsFacts*>(SSL_get_app_data(ssl)); }

std::string_view extension(SSL* ssl, unsigned int type) {
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  if (SSL_client_hello_get0_ext(ssl, type, &data, &size) != 1) return {};
  return {reinterpret_cast<const char*>(data), size};
}

std::vector<std::string> protocol_names(std::string_view wire) {
  std::vector<std::string> names;
  if (wire.size() < 2) return names;
  wire.remove_prefix(2);  // the list's own length
  while (!wire.empty()) {
    const auto size = static_cast<unsigned char>(wire[0]);
    names.emplace_back(wire.substr(1, size));
    wire.remove_prefix(std::min<std::size_t>(wire.size(), 1U + size));
  }
  return names;
}

int note_client_hello(SSL* ssl, int*, void*) {
  TlsFacts& facts = facts_of(ssl);
  constexpr std::size_t before_name = 5;  // list length, type, name length (RFC 6066 §3)
  const std::string_view name = extension(ssl, TLSEXT_TYPE_server_name);
  facts.sent_sni = name.size() > before_name;
  if (facts.sent_sni) facts.sni = name.substr(before_name);
  facts.offered_alpn =
      protocol_names(extension(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation));
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  facts.offered_early_data =
      SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_early_data, &data, &size) == 1;
  if (++facts.hellos == 1) facts.first_shares = extension(ssl, TLSEXT_TYPE_key_share);
  return SSL_CLIENT_HELLO_SUCCESS;
}

/// As a server that can't cope with a ClientHello of two packets.
int refuse_large_hello(SSL* ssl, int* alert, void* context) {
  const bool is_large = extension(ssl, TLSEXT_TYPE_key_share).size() > 1024;
  if (!is_large) return note_client_hello(ssl, alert, context);
  *alert = SSL_AD_DECODE_ERROR;
  return SSL_CLIENT_HELLO_ERROR;
}

int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void* wire) {
  const auto& own = *static_cast<const std::string*>(wire);
  unsigned char* chosen = nullptr;
  const int result =
      SSL_select_next_proto(&chosen, out_size, reinterpret_cast<const unsigned char*>(own.data()),
                            static_cast<unsigned int>(own.size()), offered, offered_size);
  *out = chosen;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_tickets(SSL_CTX* context, bool wanted, OriginSetup::TicketKeys keys) {
  static constexpr unsigned char id[] = "ccnproxy-fakes";
  SSL_CTX_set_session_id_context(context, id, sizeof id - 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_tlsext_ticket_keys(context, keys.data(), keys.size());
  if (wanted) return;
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context, 0);
}

/// Without OpenSSL's own guard against replays, which would need its session cache.
void allow_early_data(SSL_CTX* context, std::uint32_t bytes) {
  SSL_CTX_set_options(context, SSL_OP_NO_ANTI_REPLAY);
  SSL_CTX_set_max_early_data(context, bytes);
}

void demand_client_certificate(SSL_CTX* context, const std::string& ca_file) {
  if (SSL_CTX_load_verify_file(context, ca_file.c_str()) != 1) throw Failure("no CA in " + ca_file);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
}

}  // namespace

std::string subject_of_client(SSL* ssl) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return "";
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(),
                            static_cast<int>(name.size()));
  return name.data();
}

namespace {

void note_agreement(SSL* ssl, TlsFacts& facts) {
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(ssl, &protocol, &size);
  facts.alpn.assign(reinterpret_cast<const char*>(protocol), size);
  facts.version = SSL_get_version(ssl);
  facts.resumed = SSL_session_reused(ssl) == 1;
  facts.client_subject = subject_of_client(ssl);
}

}  // namespace

OriginSetup::OriginSetup(OriginOptions options, TicketKeys keys)
    : options_(std::move(options)), alpn_(alpn_wire(options_.alpn)) {
  if (!options_.tls) return;
  if (options_.certificate.chain_file.empty()) throw Failure("a TLS origin needs a certificate");
  context_ = make_tls_context(TLS_server_method(), options_.certificate);
  SSL_CTX_set_min_proto_version(context_.get(), options_.min_version);
  SSL_CTX_set_max_proto_version(context_.get(), options_.max_version);
  SSL_CTX_set_client_hello_cb(context_.get(),
                              options_.refuse_large_hello ? refuse_large_hello : note_client_hello,
                              nullptr);
  if (!options_.groups.empty() &&
      SSL_CTX_set1_groups_list(context_.get(), options_.groups.c_str()) != 1)
    throw Failure("no such groups: " + options_.groups);
  if (!alpn_.empty()) SSL_CTX_set_alpn_select_cb(context_.get(), choose_protocol, &alpn_);
  if (!options_.client_ca_file.empty())
    demand_client_certificate(context_.get(), options_.client_ca_file);
  if (!options_.late_client_ca_file.empty()) {
    demand_client_certificate(context_.get(), options_.late_client_ca_file);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
  }
  set_tickets(context_.get(), options_.session_tickets, keys);
  if (options_.early_data > 0) allow_early_data(context_.get(), options_.early_data);
}

void OriginSetup::handshake(Stream& stream, TlsFacts& facts) const {
  SSL* ssl = SSL_new(context_.get());
  if (ssl == nullptr) throw Failure("SSL_new failed");
  SSL_set_accept_state(ssl);
  SSL_set_app_data(ssl, &facts);
  stream.start_tls(ssl, Deadline::never());
  note_agreement(ssl, facts);
}

}  // namespace ccnproxy::fakes
