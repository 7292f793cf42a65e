#include "fakes/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include "fakes/failure.h"

namespace ccnproxy::fakes {

std::string alpn_wire(const std::vector<std::string>& protocols) {
  std::string wire;
  for (const std::string& name : protocols) {
    wire += static_cast<char>(name.size());
    wire += name;
  }
  return wire;
}

TlsContext make_tls_context(const SSL_METHOD* method, const Certificate& certificate) {
  TlsContext context(SSL_CTX_new(method), SSL_CTX_free);
  if (!context) throw Failure("SSL_CTX_new failed");
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (certificate.chain_file.empty()) return context;
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.chain_file.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), certificate.key_file.c_str(), SSL_FILETYPE_PEM) !=
          1)
    throw Failure("no usable certificate in " + certificate.chain_file);
  return context;
}

bool has_post_quantum_groups() {
  const TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const bool has = SSL_CTX_set1_groups_list(context.get(), "X25519MLKEM768") == 1;
  ERR_clear_error();
  return has;
}

}  // namespace ccnproxy::fakes
