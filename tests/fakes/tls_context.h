#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "fakes/certificate.h"

namespace ccnproxy::fakes {

using TlsContext = std::shared_ptr<SSL_CTX>;

/// ALPN's wire form of a list of protocol names (RFC 7301 §3.1).
std::string alpn_wire(const std::vector<std::string>& protocols);

/// A context with this certificate (none where it is empty), and partial writes allowed. `method`
/// is TLS_server_method() or TLS_client_method(). Throws Failure.
TlsContext make_tls_context(const SSL_METHOD* method, const Certificate& certificate);

/// Whether this OpenSSL has post-quantum groups (3.5), and sends a share of one by itself.
bool has_post_quantum_groups();

}  // namespace ccnproxy::fakes
