#include "ccnproxy/tls/handshake_secrets.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace ccnproxy::tls {
namespace {

/// Setting a key's type, though it be the one that it has, frees what it holds. That is done even
/// where a provider's own type can't be set.
void empty(EVP_PKEY* key) noexcept {
  EVP_PKEY_set_type(key, EVP_PKEY_get_id(key));
  EVP_PKEY_free(key);
}

}  // namespace

void FreeKey::operator()(evp_pkey_st* key) const noexcept { EVP_PKEY_free(key); }

UniqueKey sent_key(ssl_st& ssl) noexcept {
  EVP_PKEY* key = nullptr;
  SSL_get_tmp_key(&ssl, &key);
  ERR_clear_error();
  return UniqueKey(key);
}

void forget_key(UniqueKey key) noexcept {
  if (key) empty(key.release());
  ERR_clear_error();
}

void forget_keys(ssl_st& ssl) noexcept {
  EVP_PKEY* key = nullptr;
  if (SSL_get_tmp_key(&ssl, &key) == 1) empty(key);
  if (SSL_get_peer_tmp_key(&ssl, &key) == 1) empty(key);
  ERR_clear_error();
}

void forget_names(ssl_st& ssl) noexcept {
  X509_VERIFY_PARAM_set1_host(SSL_get0_param(&ssl), nullptr, 0);
  SSL_set_tlsext_host_name(&ssl, nullptr);
  SSL_set_alpn_protos(&ssl, nullptr, 0);
  ERR_clear_error();
}

}  // namespace ccnproxy::tls
