#pragma once

#include <memory>
#include <string>

#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/config/config.h"

struct ssl_ctx_st;

namespace ccnproxy::tls {

class TlsTransport;
struct CipherBuffer;

/// One TLS profile for connections to origins: trust, versions, ALPN, client certificate. Made
/// while starting, then only read; shared by all workers.
class TlsContext {
 public:
  /// Throws std::runtime_error with OpenSSL's words if a file can't be used.
  explicit TlsContext(const config::Tls& settings);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A client connection on a connected socket, handshake not begun. `host` is the name for SNI and
  /// verification (or the profile's server_name): a literal address is verified as such and not
  /// sent as SNI (RFC 6066 §3).
  std::unique_ptr<TlsTransport> connect(UniqueFd fd, const std::string& host,
                                        CipherBuffer& buffer) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* ctx) const noexcept;
  };
  std::unique_ptr<ssl_ctx_st, Free> ctx_;
  std::string server_name_;
  bool verify_;
};

}  // namespace ccnproxy::tls
