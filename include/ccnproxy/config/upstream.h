#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// A key that conflicts with others; `what` completes "`the.key` …".
struct Contradiction {
  std::string key;
  std::string what;
};

/// Finds conflicts with `upstream`: rules that deny it, and keys that it leaves without effect. All
/// other keys must be valid.
std::vector<Contradiction> upstream_contradictions(const Config& config);

}  // namespace ccnproxy::config
