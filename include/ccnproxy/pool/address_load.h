#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

namespace ccnproxy::pool {

/// What the connections of one pool to one address carry together. Shared by these; belongs to the
/// pool's thread.
struct AddressLoad {
  std::size_t streams = 0;       ///< requests in flight, as of the last look
  std::uint64_t last_given = 0;  ///< which of the pool's requests it got last; counts from 1
};

/// A connection that takes a request now, where each address of the origin is to get its share.
struct SharePlace {
  bool leaving = false;    ///< will be replaced, or may be as dead as another one is
  AddressLoad load;        ///< of its address
  std::int64_t score = 0;  ///< placement_score(), among the connections of one address
};

/// Whether `a` is the better place: its address has fewer requests in flight, or got one longer ago
/// (so that single requests take turns). Leaving ones last.
inline bool is_better_share(const SharePlace& a, const SharePlace& b) {
  return std::tuple(a.leaving, a.load.streams, a.load.last_given, -a.score) <
         std::tuple(b.leaving, b.load.streams, b.load.last_given, -b.score);
}

}  // namespace ccnproxy::pool
