#include "fakes/raw_client.h"

#include <openssl/x509v3.h>
#include <poll.h>

#include "fakes/digest.h"
#include "fakes/endpoint.h"
#include "fakes/tls_context.h"

namespace ccnproxy::fakes {
namespace {

int keep_session(SSL* ssl, SSL_SESSION* session) {
  static_cast<TlsSession*>(SSL_get_app_data(ssl))->reset(session, SSL_SESSION_free);
  return 1;  // ours now
}

TlsContext client_context(const RawClientOptions& options) {
  TlsContext context = make_tls_context(TLS_client_method(), options.certificate);
  SSL_CTX_set_session_cache_mode(context.get(),
                                 SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_sess_set_new_cb(context.get(), keep_session);
  if (options.ca_file.empty()) return context;
  if (SSL_CTX_load_verify_file(context.get(), options.ca_file.c_str()) != 1)
    throw Failure("no CA in " + options.ca_file);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

/// SNI carries names only (RFC 6066 §3); a literal is verified against the IP SANs instead.
void set_name(SSL* ssl, const std::string& name) {
  if (name.empty()) return;
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1) return;
  SSL_set_tlsext_host_name(ssl, name.c_str());
  SSL_set1_host(ssl, name.c_str());
}

}  // namespace

RawClient::RawClient(const std::string& endpoint, RawClientOptions options)
    : stream_(connect_to(endpoint, {}, options.receive_buffer)) {
  if (options.tls) start_tls(options);
}

void RawClient::start_tls(const RawClientOptions& options) {
  context_ = client_context(options);
  SSL* ssl = SSL_new(context_.get());
  if (ssl == nullptr) throw Failure("SSL_new failed");
  SSL_set_connect_state(ssl);
  SSL_set_app_data(ssl, session_.get());
  set_name(ssl, options.server_name);
  const std::string wire = alpn_wire(options.alpn);
  SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(wire.data()),
                      static_cast<unsigned int>(wire.size()));
  if (options.session) SSL_set_session(ssl, options.session.get());
  stream_.start_tls(ssl);
}

std::string RawClient::alpn() const {
  const unsigned char* protocol = nullptr;
  unsigned int size = 0;
  SSL_get0_alpn_selected(stream_.ssl(), &protocol, &size);
  return {reinterpret_cast<const char*>(protocol), size};
}

bool RawClient::resumed() const { return SSL_session_reused(stream_.ssl()) == 1; }

std::uint64_t RawClient::send_until_blocked(Patience quiet, std::uint64_t limit) {
  constexpr std::size_t piece = 16 * 1024;
  std::uint64_t sent = 0;
  while (sent < limit) {
    const auto attempt = stream_.try_write(pattern(sent, piece));
    if (attempt.outcome == Stream::Outcome::Ended)
      throw PeerGone("the server closed while sending");
    sent += attempt.bytes;
    if (attempt.outcome == Stream::Outcome::Moved) continue;
    pollfd entry{stream_.fd(), POLLOUT, 0};
    if (::poll(&entry, 1, static_cast<int>(quiet.count())) == 0) break;
  }
  return sent;
}

ReceivedResponse RawClient::read(ResponseParser parser, Deadline deadline) {
  std::string bytes;
  bool ended = false;
  while (!parser.take(bytes) && !ended) {
    std::string more;
    try {
      more = stream_.read_some(deadline);
    } catch (const Failure& failure) {
      const ReceivedResponse& so_far = parser.response();
      throw Failure(std::string("awaited a response: ") + failure.what() + "; so far '" +
                    so_far.raw_head + "' and " + std::to_string(so_far.digest.size()) +
                    " bytes of body, '" + bytes.substr(0, 200) + "' unparsed");
    }
    ended = more.empty();
    bytes += more;
  }
  stream_.unread(bytes);
  return parser.finish(ended ? stream_.end() : StreamEnd::Open);
}

ReceivedResponse RawClient::read_response(const std::string& method, Deadline deadline) {
  return read(ResponseParser(method), deadline);
}

ReceivedResponse RawClient::digest_response(const std::string& method, Deadline deadline) {
  return read(ResponseParser(method, false), deadline);
}

ReceivedResponse RawClient::roundtrip(std::string_view request, const std::string& method) {
  send(request);
  return read_response(method);
}

ReceivedResponse RawClient::get(const std::string& host, const std::string& target,
                                const Fields& fields) {
  std::string request = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : fields) request += name + ": " + value + "\r\n";
  return roundtrip(request + "\r\n");
}

}  // namespace ccnproxy::fakes
