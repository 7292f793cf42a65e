#include "ccnproxy/tls/tls_transport.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "ccnproxy/tls/groups.h"
#include "ccnproxy/tls/handshake_secrets.h"

#include "alert_text.h"

namespace ccnproxy::tls {
namespace {

bool is_alert(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_SSL && ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET;
}

/// Alerts of servers that can't cope with a ClientHello's length, or with groups that they don't
/// know. The others name their reason.
bool may_be_of_size(int alert) {
  switch (alert) {
    case SSL_AD_UNEXPECTED_MESSAGE:
    case SSL_AD_RECORD_OVERFLOW:
    case SSL_AD_HANDSHAKE_FAILURE:
    case SSL_AD_ILLEGAL_PARAMETER:
    case SSL_AD_DECODE_ERROR:
    case SSL_AD_INTERNAL_ERROR:
      return true;
    default:
      return false;
  }
}

bool is_unexpected_eof(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_SSL &&
         ERR_GET_REASON(error) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

void TlsTransport::Free::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

TlsTransport::TlsTransport(UniqueFd fd, ssl_st* ssl, CipherBuffer& buffer)
    : Transport(std::move(fd)), reader_(fd_.get(), buffer), ssl_(ssl) {
  auto* bio = reader_.make_bio();
  SSL_set_bio(ssl_.get(), bio, bio);
  notes_.attach(*ssl_);
  SSL_set_connect_state(ssl_.get());
}

TlsTransport::~TlsTransport() = default;

void TlsTransport::bind_sessions(std::shared_ptr<SessionCache> cache, const PeerName& peer) {
  sessions_.emplace(*ssl_, std::move(cache), peer);
  notes_.sessions = &*sessions_;
}

void TlsTransport::bind_groups(std::shared_ptr<const GroupProfile> profile,
                               std::shared_ptr<GroupCache> memory, const PeerName& peer) {
  groups_ = std::make_unique<GroupBinding>(*ssl_, std::move(profile), std::move(memory), peer);
}

void TlsTransport::blame_hello() {
  if (!groups_ || notes_.answered || (error_ && !hello_at_fault_)) return;
  groups_->on_unanswered();
  groups_.reset();
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
    settle_groups();
    settle_late_handshakes();
    SSL_free_buffers(ssl_.get());  // many may stand before the first has something to read
    return Handshake::done;
  }
  const auto system_error = errno;
  const auto kind = SSL_get_error(ssl_.get(), returned);
  reader_.rearm();
  if (kind == SSL_ERROR_WANT_READ) {
    if (!sent_key_ && !notes_.answered) sent_key_ = sent_key(*ssl_);
    return Handshake::want_read;
  }
  if (kind == SSL_ERROR_WANT_WRITE) return Handshake::want_write;
  broken_ = true;
  if (sessions_) sessions_->distrust();
  error_ = std::make_unique<Error>(failed_handshake(kind, system_error));
  ERR_clear_error();
  return Handshake::failed;
}

void TlsTransport::settle_groups() {
  if (notes_.established) return;
  group_ = agreed_group(*ssl_);
  if (groups_) large_at_fault_ = groups_->on_agreed(group_);
  groups_.reset();
  forget_key(std::move(sent_key_));
}

/// From here on handshakes are the origin's wish. Only HTTP/1.1 may fulfil it, and only a
/// renegotiation needs the names again.
void TlsTransport::settle_late_handshakes() {
  notes_.established = true;
  notes_.declined = notes_.certificate_asked = false;
  const bool http2 = alpn() == "h2";
  if (http2) notes_.late = ConnectionNotes::LateHandshakes::forbidden;
  renegotiates_ = !http2 && SSL_version(ssl_.get()) < TLS1_3_VERSION &&
                  (SSL_get_options(ssl_.get()) & SSL_OP_NO_RENEGOTIATION) == 0;
  forget_keys(*ssl_);
  if (renegotiates_) return;
  SSL_set_options(ssl_.get(), SSL_OP_NO_RENEGOTIATION);
  forget_names(*ssl_);
}

/// Of the handshake that has just failed.
Error TlsTransport::failed_handshake(int kind, int system_error) {
  const auto error = ERR_peek_error();
  Error e{ErrorType::tls_protocol_error, Side::origin, Phase::tls, Proof::not_sent,
          words_of(error)};
  if (notes_.fault) {
    e.type = ErrorType::tls_certificate_error;
    e.detail = notes_.fault->reason;
  } else if (is_alert(error)) {
    e.type = ErrorType::tls_alert_received;
    hello_at_fault_ = may_be_of_size(ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET);
  } else if (kind == SSL_ERROR_SYSCALL || kind == SSL_ERROR_ZERO_RETURN ||
             is_unexpected_eof(error)) {
    e.type = ErrorType::connection_terminated;
    hello_at_fault_ = true;
    e.detail = system_error
                   ? "in the TLS handshake: " + std::generic_category().message(system_error)
                   : "closed by the origin during the TLS handshake";
  }
  return e;
}

/// Servers close a connection after a declined renegotiation, with an alert or without.
std::string TlsTransport::declined_text() const {
  const bool only_http2 =
      SSL_get_certificate(ssl_.get()) && notes_.late == ConnectionNotes::LateHandshakes::forbidden;
  return std::string("it had asked for a renegotiation, ") +
         (only_http2 ? "which HTTP/2 forbids: set tls.alpn to [http/1.1] for it"
                     : "maybe for a client certificate (tls.certificate)");
}

std::string TlsTransport::words_of(unsigned long error) const {
  if (notes_.declined) return "ended by the origin: " + declined_text();
  const AlertContext context{SSL_get_certificate(ssl_.get()) != nullptr, notes_.certificate_asked};
  return is_alert(error) ? alert_text(ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET, context)
                         : tls_error_text(error);
}

Error TlsTransport::handshake_error() const { return error_ ? *error_ : Error(); }

std::string_view TlsTransport::alpn() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

bool TlsTransport::resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

std::optional<std::time_t> TlsTransport::certificate_end() const {
  const auto end = sessions_ ? sessions_->certificate_end(*ssl_) : endless;
  return end == endless ? std::nullopt : std::optional(end);
}

IoResult TlsTransport::outcome(int returned, int& kind) {
  kind = SSL_ERROR_NONE;
  if (notes_.refusal != ConnectionNotes::Refusal::none) return refused();
  if (returned > 0) return {IoStatus::ok, static_cast<std::size_t>(returned)};
  const auto system_error = errno;
  kind = SSL_get_error(ssl_.get(), returned);
  if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) return {IoStatus::would_block};
  if (kind == SSL_ERROR_ZERO_RETURN) return {IoStatus::closed};
  broken_ = true;
  const auto error = ERR_peek_error();
  ERR_clear_error();
  if (is_unexpected_eof(error)) return {IoStatus::truncated};
  error_ = std::make_unique<Error>();
  if (notes_.fault) {
    error_->detail = "in a renegotiation: " + notes_.fault->reason;
  } else if (kind == SSL_ERROR_SYSCALL && system_error) {
    error_->detail = std::generic_category().message(system_error);
  } else {
    error_->detail = words_of(error);
  }
  return {IoStatus::failed};
}

IoResult TlsTransport::refused() {
  broken_ = true;
  ERR_clear_error();
  error_ = std::make_unique<Error>();
  error_->detail =
      notes_.refusal == ConnectionNotes::Refusal::on_http2
          ? "the origin asked for a client certificate on an HTTP/2 connection, which RFC 9113 "
            "forbids: set tls.alpn to [http/1.1] for it"
          : "the origin asks for TLS handshakes (client certificates) without end";
  return {IoStatus::failed};
}

IoResult TlsTransport::read(char* into, std::size_t size) {
  ERR_clear_error();
  errno = 0;
  int kind = SSL_ERROR_NONE;
  const auto result = outcome(SSL_read(ssl_.get(), into, clamp(size)), kind);
  read_awaits_room_ = kind == SSL_ERROR_WANT_WRITE;
  if (result.status == IoStatus::would_block) reader_.rearm();
  return result;
}

IoResult TlsTransport::write(std::string_view bytes) {
  ERR_clear_error();
  errno = 0;
  reader_.more_follows(bytes.size() > SSL3_RT_MAX_PLAIN_LENGTH);  // a call writes one record
  int kind = SSL_ERROR_NONE;
  const auto result = outcome(SSL_write(ssl_.get(), bytes.data(), clamp(bytes.size())), kind);
  write_awaits_bytes_ = kind == SSL_ERROR_WANT_READ;
  if (write_awaits_bytes_) reader_.rearm();
  // A renegotiation waits for a record that was half written; no descriptor tells of that.
  if (renegotiates_ && result.status == IoStatus::ok && SSL_renegotiate_pending(ssl_.get()) == 1)
    SSL_do_handshake(ssl_.get());  // how it goes is seen by the next read
  return result;
}

bool TlsTransport::has_more() {
  if (reader_.has_bytes() || SSL_has_pending(ssl_.get()) == 1) return true;
  // OpenSSL frees its 16 KiB after a response, but not after session tickets: a connection that is
  // kept ready would keep them.
  SSL_free_buffers(ssl_.get());
  reader_.rearm();
  return false;
}

std::size_t TlsTransport::held() const noexcept {
  return reader_.held() + static_cast<std::size_t>(SSL_pending(ssl_.get()));
}

std::string TlsTransport::failure() const {
  if (error_) return error_->detail;
  return notes_.declined ? declined_text() : std::string();
}

void TlsTransport::close() {
  if (!fd_) return;
  if (!notes_.established) {
    if (sessions_) sessions_->distrust();
  } else if (!broken_) {
    SSL_shutdown(ssl_.get());  // sends close_notify, does not wait
  }
  ERR_clear_error();
  fd_.reset();
}

}  // namespace ccnproxy::tls
