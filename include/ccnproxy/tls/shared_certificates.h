#pragma once

struct ssl_ctx_st;

namespace ccnproxy::tls {

/// Lets connections of this context hold one object of each certificate that origins show: parsed,
/// a chain takes more memory than all else of an idle connection's TLS. Equal means equal in every
/// byte; verification is OpenSSL's own, of each handshake, and fails where no name and no address
/// is expected. Knows the latest 256. Any thread may shake hands then. Throws std::runtime_error.
void share_certificates(ssl_ctx_st& context);

/// Reads the extensions of the certificates that this context was told to trust, before threads
/// share them: OpenSSL would do it in the first handshakes that meet them, several at once. Those
/// that it finds later in a directory are read by OpenSSL.
void read_trusted_extensions(ssl_ctx_st& context);

}  // namespace ccnproxy::tls
