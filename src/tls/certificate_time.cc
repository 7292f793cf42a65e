#include "certificate_time.h"

#include <openssl/x509.h>

namespace ccnproxy::tls {

std::time_t end_of(const x509_st& certificate) {
  std::tm at{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(&certificate), &at) != 1) return 0;
  return timegm(&at);
}

}  // namespace ccnproxy::tls
