#include "ccnproxy/tls/tls_context.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "ccnproxy/base/startup_error.h"
#include "ccnproxy/tls/connection_notes.h"
#include "ccnproxy/tls/credentials.h"
#include "ccnproxy/tls/group_cache.h"
#include "ccnproxy/tls/group_profile.h"
#include "ccnproxy/tls/groups.h"
#include "ccnproxy/tls/session_binding.h"
#include "ccnproxy/tls/session_cache.h"
#include "ccnproxy/tls/tls_transport.h"

#include "shared_certificates.h"

namespace ccnproxy::tls {
namespace {

[[noreturn]] void fail(const std::string& what) {
  ERR_clear_error();
  throw StartupError("TLS can't be set up: " + what);
}

/// What the file holds is trusted, be it a root, an intermediate or the origin's own certificate
/// alone, as curl has it (F139).
void set_trust(SSL_CTX* ctx, const config::Tls& settings) {
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ctx), X509_V_FLAG_PARTIAL_CHAIN);
  SSL_CTX_set_verify(ctx, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (settings.ca_file == "system") {
    if (SSL_CTX_set_default_verify_paths(ctx) != 1) fail("tls.ca_file: the system's CA store");
  } else if (const auto fault = load_ca_file(*ctx, settings.ca_file)) {
    throw StartupError(fault->to_string());
  }
  read_trusted_extensions(*ctx);
}

void set_certificate(SSL_CTX* ctx, const config::Tls& settings) {
  if (const auto fault = load_certificate(*ctx, settings)) throw StartupError(fault->to_string());
}

void set_alpn(SSL_CTX* ctx, const std::vector<std::string>& protocols) {
  std::string wire;
  for (const auto& p : protocols) wire += static_cast<char>(p.size()) + p;
  const auto* bytes = reinterpret_cast<const unsigned char*>(wire.data());
  if (!wire.empty() && SSL_CTX_set_alpn_protos(ctx, bytes, static_cast<unsigned>(wire.size())) != 0)
    fail("tls.alpn");
}

/// An origin may ask for the certificate when it sees the request's path (F129): by
/// post-handshake authentication, or by renegotiation in TLS 1.2. Without a certificate there is
/// nothing to gain from either.
void set_late_handshakes(SSL_CTX* ctx, const config::Tls& settings) {
  note_requests(*ctx);
  if (settings.certificate.empty()) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION);
  } else {
    SSL_CTX_set_post_handshake_auth(ctx, 1);
  }
}

/// Of what is offered for TLS 1.3, AES with 128 bits comes first, as browsers have it: bulk data
/// costs up to a fifth less than with 256, OpenSSL's order. What the system's policy leaves out
/// stays out.
void prefer_cheap_ciphers(SSL_CTX* ctx) {
  std::string first;
  std::string others;
  const auto* offered = SSL_CTX_get_ciphers(ctx);
  for (int i = 0; i < sk_SSL_CIPHER_num(offered); ++i) {
    const std::string name = SSL_CIPHER_get_name(sk_SSL_CIPHER_value(offered, i));
    if (name.starts_with("TLS_AES_128_GCM")) {
      first += name + ':';
    } else if (name.starts_with("TLS_")) {
      others += name + ':';
    }
  }
  auto all = first + others;
  if (first.empty()) return;
  all.pop_back();
  if (SSL_CTX_set_ciphersuites(ctx, all.c_str()) != 1) fail("the order of TLS 1.3's ciphers");
}

/// As they stand: which are offered, in which order, and the share of the first alone.
void set_groups(SSL_CTX* ctx, const std::vector<std::string>& groups) {
  if (groups.empty()) return;
  if (const auto fault = find_group_fault(groups))
    throw StartupError("tls.groups: `" + groups[fault->index] + "` " + fault->what);
  if (SSL_CTX_set1_groups_list(ctx, group_list(groups).c_str()) != 1) fail("tls.groups");
}

bool is_address(const std::string& host) {
  unsigned char buffer[sizeof(in6_addr)];
  return inet_pton(AF_INET, host.c_str(), buffer) == 1 ||
         inet_pton(AF_INET6, host.c_str(), buffer) == 1;
}

/// The name that the certificate must carry, and SNI.
void set_name(SSL* ssl, const std::string& name, bool verify) {
  auto* param = SSL_get0_param(ssl);
  if (is_address(name)) {
    if (verify && X509_VERIFY_PARAM_set1_ip_asc(param, name.c_str()) != 1)
      fail("verification of " + name);
    return;
  }
  if (SSL_set_tlsext_host_name(ssl, name.c_str()) != 1) fail("SNI " + name);
  X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (verify && X509_VERIFY_PARAM_set1_host(param, name.data(), name.size()) != 1)
    fail("verification of " + name);
}

}  // namespace

TlsContext::TlsContext(const config::Tls& settings, HandshakeWitness witness)
    : ctx_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free),
      sessions_(std::make_shared<SessionCache>()),
      group_memory_(std::make_shared<GroupCache>()),
      server_name_(settings.server_name),
      verify_(settings.verify),
      offers_http1_(settings.alpn.empty() || std::find(settings.alpn.begin(), settings.alpn.end(),
                                                       "http/1.1") != settings.alpn.end()) {
  if (!ctx_) fail("OpenSSL");
  auto* ctx = ctx_.get();
  const auto oldest =
      settings.min_version == config::TlsVersion::tls13 ? TLS1_3_VERSION : TLS1_2_VERSION;
  if (SSL_CTX_set_min_proto_version(ctx, oldest) != 1) fail("tls.min_version");
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                            SSL_MODE_RELEASE_BUFFERS);
  prefer_cheap_ciphers(ctx);
  set_groups(ctx, settings.groups);
  keep_sessions(*ctx);
  share_certificates(*ctx, {settings.ca_file, settings.server_name});
  tell_handshakes(*ctx, std::move(witness));
  set_late_handshakes(ctx, settings);
  set_trust(ctx, settings);
  set_certificate(ctx, settings);
  set_alpn(ctx, settings.alpn);
  if (!settings.groups.empty()) return;
  const auto groups = std::make_shared<const GroupProfile>(*ctx);
  if (groups->can_vary()) groups_ = groups;
}

TlsContext::TlsContext(Apart, const TlsContext& profile)
    : ctx_(profile.ctx_),
      sessions_(std::make_shared<SessionCache>()),
      groups_(profile.groups_),
      group_memory_(std::make_shared<GroupCache>()),
      server_name_(profile.server_name_),
      verify_(profile.verify_),
      offers_http1_(profile.offers_http1_) {}

std::shared_ptr<const TlsContext> TlsContext::apart(const TlsContext& profile) {
  return std::shared_ptr<const TlsContext>(new TlsContext(Apart{}, profile));
}

TlsContext::~TlsContext() = default;

std::unique_ptr<TlsTransport> TlsContext::connect(UniqueFd fd, const PeerName& peer,
                                                  CipherBuffer& buffer) const {
  SSL* ssl = SSL_new(ctx_.get());
  if (!ssl) fail("SSL_new");
  auto transport = std::make_unique<TlsTransport>(std::move(fd), ssl, buffer);
  set_name(ssl, server_name_.empty() ? peer.host : server_name_, verify_);
  transport->bind_sessions(sessions_, peer);
  if (groups_) transport->bind_groups(groups_, group_memory_, peer);
  return transport;
}

}  // namespace ccnproxy::tls
