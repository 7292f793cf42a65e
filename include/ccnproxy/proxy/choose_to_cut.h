#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::proxy {

/// A client that is the one to wait for while memory is held for it.
struct Standing {
  std::size_t bytes = 0;
  TimePoint since{};  ///< it has not moved since then
};

/// Who is cut when memory is nearly full (MemoryBudget): those who have stood still longest, and
/// nobody who has moved within the last quarter of a second. Indexes into `standing`, until
/// `excess` bytes are free.
std::vector<std::size_t> choose_to_cut(std::span<const Standing> standing, std::size_t excess,
                                       TimePoint now);

}  // namespace ccnproxy::proxy
