#pragma once

#include <optional>
#include <string>

#include <openssl/types.h>

#include "ccnproxy/config/config.h"

namespace ccnproxy::tls {

/// The reason why a file of `tls:` can't be used.
struct FileFault {
  std::string key;   ///< below `tls:`: ca_file, certificate or key
  std::string path;  ///< of the file
  std::string what;  ///< completes "`the.key` …"

  /// One line, with the key and the file.
  std::string to_string() const;
};

/// Puts the certificates of `ca_file` (a file, not `system`) among those that are trusted.
std::optional<FileFault> load_ca_file(SSL_CTX& ctx, const std::string& path);
/// Takes the client certificate and its key, if there is one. Never asks for a pass phrase.
std::optional<FileFault> load_certificate(SSL_CTX& ctx, const config::Tls& settings);

/// What is wrong with the files of `settings`, by loading them as a TlsContext does.
std::optional<FileFault> find_file_fault(const config::Tls& settings);

}  // namespace ccnproxy::tls
