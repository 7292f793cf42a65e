#pragma once

#include <string>

#include "ccnproxy/tls/certificate_facts.h"

struct x509_st;
struct x509_store_ctx_st;

namespace ccnproxy::tls {

/// Why an origin's certificate was refused.
struct CertificateFault {
  std::string reason;      ///< one line for a person, which names the key that changes it
  CertificateFacts shown;  ///< what the origin's own certificate says
};

/// What the chain is verified against, as configured.
struct VerificationTerms {
  std::string ca_file;      ///< tls.ca_file: a path or `system`
  std::string server_name;  ///< tls.server_name; empty: the origin's own name
};

/// The fault that a verification has just ended with.
CertificateFault fault_of(const x509_store_ctx_st& verification, const VerificationTerms& terms);

}  // namespace ccnproxy::tls
