#include "alert_text.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace ccnproxy::tls {
namespace {

std::string name_of(int alert) {
  switch (alert) {
    case SSL_AD_CLOSE_NOTIFY:
      return "close_notify";
    case SSL_AD_UNEXPECTED_MESSAGE:
      return "unexpected_message";
    case SSL_AD_BAD_RECORD_MAC:
      return "bad_record_mac";
    case SSL_AD_RECORD_OVERFLOW:
      return "record_overflow";
    case SSL_AD_HANDSHAKE_FAILURE:
      return "handshake_failure";
    case SSL_AD_BAD_CERTIFICATE:
      return "bad_certificate";
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
      return "unsupported_certificate";
    case SSL_AD_CERTIFICATE_REVOKED:
      return "certificate_revoked";
    case SSL_AD_CERTIFICATE_EXPIRED:
      return "certificate_expired";
    case SSL_AD_CERTIFICATE_UNKNOWN:
      return "certificate_unknown";
    case SSL_AD_ILLEGAL_PARAMETER:
      return "illegal_parameter";
    case SSL_AD_UNKNOWN_CA:
      return "unknown_ca";
    case SSL_AD_ACCESS_DENIED:
      return "access_denied";
    case SSL_AD_DECODE_ERROR:
      return "decode_error";
    case SSL_AD_DECRYPT_ERROR:
      return "decrypt_error";
    case SSL_AD_PROTOCOL_VERSION:
      return "protocol_version";
    case SSL_AD_INSUFFICIENT_SECURITY:
      return "insufficient_security";
    case SSL_AD_INTERNAL_ERROR:
      return "internal_error";
    case SSL_AD_INAPPROPRIATE_FALLBACK:
      return "inappropriate_fallback";
    case SSL_AD_NO_RENEGOTIATION:
      return "no_renegotiation";
    case SSL_AD_MISSING_EXTENSION:
      return "missing_extension";
    case SSL_AD_UNSUPPORTED_EXTENSION:
      return "unsupported_extension";
    case SSL_AD_UNRECOGNIZED_NAME:
      return "unrecognized_name";
    case SSL_AD_UNKNOWN_PSK_IDENTITY:
      return "unknown_psk_identity";
    case SSL_AD_CERTIFICATE_REQUIRED:
      return "certificate_required";
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return "no_application_protocol";
    default:
      return std::to_string(alert);
  }
}

constexpr const char* wants_certificate = "it wants a client certificate (tls.certificate)";

/// What an alert about certificates is about: ours.
const char* certificate_hint(const AlertContext& context) {
  if (context.has_certificate) return "it does not take our client certificate (tls.certificate)";
  return context.certificate_asked ? wants_certificate : "";
}

const char* hint_of(int alert, const AlertContext& context) {
  switch (alert) {
    case SSL_AD_CERTIFICATE_REQUIRED:
      return context.has_certificate ? certificate_hint(context) : wants_certificate;
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
      return certificate_hint(context);
    case SSL_AD_HANDSHAKE_FAILURE:
      if (context.certificate_asked && !context.has_certificate) return wants_certificate;
      return "no version, cipher or group in common, or it does not know the name "
             "(tls.server_name)";
    case SSL_AD_UNRECOGNIZED_NAME:
      return "it does not know the name that it was sent (tls.server_name)";
    case SSL_AD_PROTOCOL_VERSION:
      return "it speaks no version of TLS that is allowed (tls.min_version)";
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return "it speaks none of the protocols that it was offered (tls.alpn)";
    default:
      return "";
  }
}

const char* hint_of(unsigned long error) {
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return "";
  switch (ERR_GET_REASON(error)) {
    case SSL_R_WRONG_VERSION_NUMBER:
      return "what came is no TLS: is this an http:// origin?";
    case SSL_R_UNSUPPORTED_PROTOCOL:
      return "the origin chose a version of TLS that is not allowed (tls.min_version)";
    default:
      return "";
  }
}

std::string with_hint(std::string text, const char* hint) {
  return *hint ? std::move(text) + ": " + hint : text;
}

}  // namespace

std::string alert_text(int alert, const AlertContext& context) {
  return with_hint("the origin sent the TLS alert " + name_of(alert), hint_of(alert, context));
}

std::string tls_error_text(unsigned long error) {
  const char* reason = ERR_reason_error_string(error);
  return with_hint(reason ? std::string("TLS: ") + reason : "unknown TLS error", hint_of(error));
}

}  // namespace ccnproxy::tls
