#pragma once

#include <ctime>

#include <openssl/ssl.h>

namespace ccnproxy::tls {

/// When the session was made, in seconds since 1970. OpenSSL has calls that go on after 2038 since
/// 3.3, and deprecates the others since 3.4.
inline std::time_t session_time(const SSL_SESSION& session) {
#if OPENSSL_VERSION_NUMBER >= 0x30300000L
  return SSL_SESSION_get_time_ex(&session);
#else
  return SSL_SESSION_get_time(&session);
#endif
}

inline void set_session_time(SSL_SESSION& session, std::time_t seconds) {
#if OPENSSL_VERSION_NUMBER >= 0x30300000L
  SSL_SESSION_set_time_ex(&session, seconds);
#else
  SSL_SESSION_set_time(&session, static_cast<long>(seconds));
#endif
}

}  // namespace ccnproxy::tls
