#pragma once

#include <string>

namespace ccnproxy::tls {

/// What is known of client certificates on the connection that an alert ended.
struct AlertContext {
  bool has_certificate = false;    ///< tls.certificate is set
  bool certificate_asked = false;  ///< by the origin
};

/// An alert that an origin sent, by its name in RFC 8446 §6, and the key that may be its cause.
std::string alert_text(int alert, const AlertContext& context);

/// An error of OpenSSL's that is no alert, with the key or the reason that people look for.
std::string tls_error_text(unsigned long error);

}  // namespace ccnproxy::tls
