#pragma once

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

struct x509_st;

namespace ccnproxy::tls {

/// A certificate's fields as text: printable ASCII whatever it holds, and of bounded length.
struct CertificateFacts {
  std::string subject;  ///< in the form of RFC 2253
  std::string issuer;
  std::vector<std::string> names;  ///< DNS names and addresses; the common name where it has none
  std::size_t more_names = 0;      ///< beyond those
  std::time_t begins = 0;          ///< seconds since 1970; 0 if it can't be read
  std::time_t ends = 0;
};

CertificateFacts facts_of(const x509_st& certificate);

/// `api.test, www.api.test and 3 more names`; `no name` where there is none.
std::string names_text(const CertificateFacts& facts);

/// 2020-02-01T00:00:00Z.
std::string utc_text(std::time_t time);

/// Bytes of a peer with `?` for what is not printable ASCII, cut (`...`) where they are too long.
std::string printable(std::string_view bytes);

}  // namespace ccnproxy::tls
