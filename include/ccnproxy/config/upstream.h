#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// A key that can't stand beside others as they are; `what` completes "`the.key` …".
struct Contradiction {
  std::string key;
  std::string what;
};

/// What keeps a configuration from being served with its `upstream`: rules that deny it, and keys
/// that would be without effect. Empty where it has none. All other keys must be right.
std::vector<Contradiction> upstream_contradictions(const Config& config);

}  // namespace ccnproxy::config
