#pragma once

#include <string>

namespace ccnproxy::fakes {

/// A certificate with its key, as text and as files that live as long as the TestPki that made it.
struct Certificate {
  std::string chain_pem;
  std::string key_pem;
  std::string chain_file;
  std::string key_file;
};

}  // namespace ccnproxy::fakes
