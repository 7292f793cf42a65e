#pragma once

#include "ccnproxy/tls/certificate_fault.h"

struct ssl_ctx_st;

namespace ccnproxy::tls {

/// Lets connections of this context hold one object of each certificate that origins show: parsed,
/// a chain takes more memory than all else of an idle connection's TLS. Equal means equal in every
/// byte; verification is OpenSSL's own, of each handshake, but for names that curl takes and
/// OpenSSL does not (is_for_host()), and fails where no name and no address is expected. Why it
/// failed is noted for the connection, in words of `terms`. Knows the latest 256. Any thread may
/// shake hands then. Throws std::runtime_error.
void share_certificates(ssl_ctx_st& context, VerificationTerms terms);

/// Reads the extensions of the certificates that this context was told to trust, before threads
/// share them: OpenSSL would do it in the first handshakes that meet them, several at once. Those
/// that it finds later in a directory are read by OpenSSL.
void read_trusted_extensions(ssl_ctx_st& context);

}  // namespace ccnproxy::tls
