#pragma once

#include <ctime>

struct x509_st;

namespace ccnproxy::tls {

/// When the certificate ends (notAfter), in seconds since 1970; 0 if it does not say so in a form
/// that can be read.
std::time_t end_of(const x509_st& certificate);

}  // namespace ccnproxy::tls
