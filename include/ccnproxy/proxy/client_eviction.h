#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::proxy {

/// A client that is the one to wait for while memory is held for it.
struct StalledClient {
  std::size_t bytes = 0;
  TimePoint since{};  ///< it has not moved since then
};

/// The clients to cut when memory is nearly full (MemoryBudget): those that have stalled longest,
/// and none that has moved within the last quarter of a second. Indexes into `stalled`, until
/// `excess` bytes are free.
std::vector<std::size_t> clients_to_evict(std::span<const StalledClient> stalled,
                                          std::size_t excess, TimePoint now);

}  // namespace ccnproxy::proxy
