#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// A key that conflicts with others; `what` completes "`the.key` …".
struct ConfigConflict {
  std::string key;
  std::string what;
};

/// Finds conflicts with `upstream`: rules that deny it, and keys that it leaves without effect. All
/// other keys must be valid.
std::vector<ConfigConflict> upstream_conflicts(const Config& config);

}  // namespace ccnproxy::config
