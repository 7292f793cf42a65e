#include "ccnproxy/admin/eviction_policy.h"

namespace ccnproxy::admin {

std::optional<std::size_t> connection_to_evict(std::span<const ConnectionFacts> connections) {
  std::optional<std::size_t> longest, newest;
  for (std::size_t i = 0; i < connections.size(); ++i) {
    const auto& one = connections[i];
    if (one.phase == ConnectionPhase::answering) {
      if (!newest || one.since > connections[*newest].since) newest = i;
    } else if (!longest || one.since < connections[*longest].since) {
      longest = i;
    }
  }
  return longest ? longest : newest;
}

}  // namespace ccnproxy::admin
