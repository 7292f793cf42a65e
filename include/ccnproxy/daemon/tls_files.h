#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// A file that a TLS profile is made from, and what it held.
struct TlsFile {
  std::string path;
  std::string digest;  ///< SHA-256; empty where it can't be read

  bool operator==(const TlsFile&) const = default;
};

/// All of a profile, read now. Of `ca_file: system` the file is read, and of the folder only its
/// listing counts: what belongs to the system's store is added and removed there, not rewritten.
std::vector<TlsFile> tls_files(const config::Tls& settings);

}  // namespace ccnproxy::daemon
