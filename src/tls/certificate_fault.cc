#include "ccnproxy/tls/certificate_fault.h"

#include <memory>

#include <openssl/x509v3.h>

#include "ccnproxy/config/host_name.h"

namespace ccnproxy::tls {
namespace {

struct FreeText {
  void operator()(char* text) const noexcept { OPENSSL_free(text); }
};

std::string expected_name(const X509_STORE_CTX& verification, const VerificationTerms& terms) {
  auto* param = X509_STORE_CTX_get0_param(&verification);
  const char* host = X509_VERIFY_PARAM_get0_host(param, 0);
  const std::unique_ptr<char, FreeText> address(X509_VERIFY_PARAM_get1_ip_asc(param));
  auto name = std::string(host ? host : address ? address.get() : "an origin without a name");
  if (address) name = config::canonical_address(name).value_or(name);
  return name == terms.server_name ? name + " (tls.server_name)" : name;
}

std::string store_name(const VerificationTerms& terms) {
  if (terms.ca_file == "system") return "the system's CA store (tls.ca_file)";
  return terms.ca_file + " (tls.ca_file)";
}

/// `the certificate` where it is the origin's own.
std::string subject(int depth, const CertificateFacts& facts) {
  return depth == 0 ? "the certificate" : "the certificate of the issuer " + facts.subject;
}

/// What OpenSSL says goes with it: it is what people search for.
std::string words(int error) {
  return std::string(" (OpenSSL: ") + X509_verify_cert_error_string(error) + ")";
}

std::string explain(int error, int depth, const CertificateFacts& at,
                    const X509_STORE_CTX& verification, const VerificationTerms& terms) {
  switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for " + names_text(at) + ", not " +
             expected_name(verification, terms);
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return subject(depth, at) + " expired " + utc_text(at.ends);
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return subject(depth, at) + " is valid from " + utc_text(at.begins) +
             " only; this machine's clock says " + utc_text(std::time(nullptr));
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "the certificate is self-signed (" + at.subject + ") and not in " + store_name(terms);
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
      return "the chain ends in " + at.subject + ", which is not in " + store_name(terms);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return subject(depth, at) + " is issued by " + at.issuer + ", which is not in " +
             store_name(terms) + ", nor did the origin send it";
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return subject(depth, at) + " is not signed by the key of " + at.issuer + " in " +
             store_name(terms);
    default:
      return subject(depth, at) + " is refused";
  }
}

}  // namespace

CertificateFault fault_of(const x509_store_ctx_st& verification, const VerificationTerms& terms) {
  const int error = X509_STORE_CTX_get_error(&verification);
  const int depth = X509_STORE_CTX_get_error_depth(&verification);
  const auto* own = X509_STORE_CTX_get0_cert(&verification);
  const auto* current = X509_STORE_CTX_get_current_cert(&verification);
  CertificateFault fault;
  if (own) fault.shown = facts_of(*own);
  const auto at = current && depth > 0 ? facts_of(*current) : fault.shown;
  fault.reason = explain(error, depth, at, verification, terms) + words(error);
  return fault;
}

}  // namespace ccnproxy::tls
