#pragma once

#include <vector>

struct ssl_session_st;

namespace ccnproxy::tls {

/// A session in the DER form of OpenSSL's i2d_SSL_SESSION, without the origin's certificate: a
/// resumed handshake does not look at it, and it is the largest part. Empty where OpenSSL can't.
/// The bytes let others pose as us, or read what was said: overwrite them before they are freed.
std::vector<unsigned char> session_der(const ssl_session_st& session);

}  // namespace ccnproxy::tls
