#pragma once

#include <algorithm>
#include <cstdint>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/net/path_counters.h"
#include "ccnproxy/pool/placement_policy.h"

namespace ccnproxy::pool {

/// What a connection to a far origin looks like when the last large body that it carried is over.
struct Carried {
  PathCounters path;           ///< now
  std::uint64_t received = 0;  ///< bytes since it was idle before
  Duration took{0};            ///< since the last request on it began
};

/// A new connection sends ten packets in its first round trip, and twice as many in each that
/// follows: after 70 packets it has reached this. One that was stopped below by a loss is slower
/// for the next large body than a new one.
inline constexpr std::uint64_t narrow_window = 64 * packet_bytes;

/// Whether the next large body had better go over another connection. A sender that has lost a
/// packet halves its window, and from there on adds about a packet in a round trip, whatever is
/// free (RFC 5681 §3.1, RFC 9438 §4.6), also for all that the connection carries later; only a new
/// one begins with doubling. Of the origin's window nothing is known but how much came in a round
/// trip.
constexpr bool is_worn(const Carried& c) {
  const bool lost_there = c.path.sent_again > 0;
  if (lost_there && std::max(c.path.window, c.path.threshold) < narrow_window) return true;
  if (c.path.out_of_order == 0 || c.took <= Duration(0)) return false;
  const auto round_trips = static_cast<double>(c.took.count()) /
                           static_cast<double>(std::max<Duration::rep>(1, c.path.rtt.count()));
  return c.received >= bulk_bytes &&
         static_cast<double>(c.received) / std::max(1.0, round_trips) < narrow_window;
}

}  // namespace ccnproxy::pool
