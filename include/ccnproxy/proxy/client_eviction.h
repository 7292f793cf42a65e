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

/// Who is cut when memory is nearly full (MemoryBudget): those who have stood still longest, and
/// nobody who has moved within the last quarter of a second. Indexes into `standing`, until
/// `excess` bytes are free.
std::vector<std::size_t> clients_to_evict(std::span<const StalledClient> stalled,
                                          std::size_t excess, TimePoint now);

}  // namespace ccnproxy::proxy
