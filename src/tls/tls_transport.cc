#include "ccnproxy/tls/tls_transport.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ccnproxy/tls/handshake_remains.h"

namespace ccnproxy::tls {
namespace {

bool is_alert(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET;
}

bool is_unexpected_eof(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_SSL &&
         ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

std::string words(unsigned long error) {
  const char* reason = ERR_reason_error_string(error);
  return reason ? reason : "unknown TLS error";
}

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void TlsTransport::Free::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

TlsTransport::TlsTransport(UniqueFd fd, ssl_st* ssl, CipherBuffer& buffer)
    : Transport(std::move(fd)), reader_(fd_.get(), buffer), ssl_(ssl) {
  auto* bio = reader_.make_bio();
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_connect_state(ssl_.get());
}

TlsTransport::~TlsTransport() = default;

void TlsTransport::bind_sessions(std::shared_ptr<SessionCache> cache, const PeerName& peer) {
  sessions_.emplace(*ssl_, std::move(cache), peer);
}

void TlsTransport::offer_only_http1() {
  static constexpr unsigned char wire[] = "\x08http/1.1";
  SSL_set_alpn_protos(ssl_.get(), wire, sizeof wire - 1);
}

TlsTransport::Handshake TlsTransport::handshake() {
  ERR_clear_error();
  errno = 0;
  const auto returned = SSL_do_handshake(ssl_.get());
  if (returned == 1) {
    established_ = true;
    forget_handshake(*ssl_);
    SSL_free_buffers(ssl_.get());  // many may stand before the first has something to read
    return Handshake::done;
  }
  const auto system_error = errno;
  const auto kind = SSL_get_error(ssl_.get(), returned);
  reader_.rearm();
  if (kind == SSL_ERROR_WANT_READ) return Handshake::want_read;
  if (kind == SSL_ERROR_WANT_WRITE) return Handshake::want_write;
  broken_ = true;
  if (sessions_) sessions_->distrust();
  const auto error = ERR_peek_error();
  error_ = std::make_unique<Error>(Error{ErrorType::tls_protocol_error, Side::origin, Phase::tls,
                                         Proof::not_sent, words(error)});
  auto& e = *error_;
  if (const auto verdict = SSL_get_verify_result(ssl_.get());
      verdict != X509_V_OK && SSL_get_verify_mode(ssl_.get()) != SSL_VERIFY_NONE) {
    e.type = ErrorType::tls_certificate_error;
    e.detail = X509_verify_cert_error_string(verdict);
  } else if (is_alert(error)) {
    e.type = ErrorType::tls_alert_received;
  } else if (kind == SSL_ERROR_SYSCALL || kind == SSL_ERROR_ZERO_RETURN ||
             is_unexpected_eof(error)) {
    e.type = ErrorType::connection_terminated;
    e.detail = system_error ? std::generic_category().message(system_error)
                            : "closed by the origin during the TLS handshake";
  }
  ERR_clear_error();
  return Handshake::failed;
}

Error TlsTransport::handshake_error() const { return error_ ? *error_ : Error(); }

std::string_view TlsTransport::alpn() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

bool TlsTransport::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

IoResult TlsTransport::outcome(int returned) {
  if (returned > 0) return {IoStatus::ok, static_cast<std::size_t>(returned)};
  const auto system_error = errno;
  const auto kind = SSL_get_error(ssl_.get(), returned);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return {IoStatus::would_block};
  if (kind == SSL_ERROR_ZERO_RETURN) return {IoStatus::closed};
  broken_ = true;
  const auto error = ERR_peek_error();
  ERR_clear_error();
  if (is_unexpected_eof(error)) return {IoStatus::truncated};
  error_ = std::make_unique<Error>();
  error_->detail = kind == SSL_ERROR_SYSCALL && system_error
                       ? std::generic_category().message(system_error)
                       : words(error);
  return {IoStatus::failed};
}

IoResult TlsTransport::read(char* into, std::size_t size) {
  ERR_clear_error();
  errno = 0;
  const auto result = outcome(SSL_read(ssl_.get(), into, clamp(size)));
  if (result.status == IoStatus::would_block) reader_.rearm();
  return result;
}

IoResult TlsTransport::write(std::string_view bytes) {
  ERR_clear_error();
  errno = 0;
  reader_.more_follows(bytes.size() > SSL3_RT_MAX_PLAIN_LENGTH);  // a call writes one record
  return outcome(SSL_write(ssl_.get(), bytes.data(), clamp(bytes.size())));
}

bool TlsTransport::has_more() {
  if (reader_.has_bytes() || SSL_has_pending(ssl_.get()) == 1) return true;
  // OpenSSL gives its 16 KiB back after a response, but not after session tickets: a connection
  // that is kept ready would hold them for ever.
  SSL_free_buffers(ssl_.get());
  reader_.rearm();
  return false;
}

std::size_t TlsTransport::held() const noexcept {
  return reader_.held() + static_cast<std::size_t>(SSL_pending(ssl_.get()));
}

void TlsTransport::close() {
  if (!fd_) return;
  if (!established_) {
    if (sessions_) sessions_->distrust();
  } else if (!broken_) {
    SSL_shutdown(ssl_.get());  // sends close_notify, does not wait
  }
  ERR_clear_error();
  fd_.reset();
}

}  // namespace ccnproxy::tls
