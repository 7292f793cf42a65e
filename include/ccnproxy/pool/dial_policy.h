#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/readiness_policy.h"

namespace ccnproxy::pool {

/// What the decision to open connections is made from. Counts.
struct DialNeed {
  std::size_t waiting = 0;                   ///< requests without a connection
  std::size_t dialing = 0;                   ///< connections on their way
  std::size_t open = 0;                      ///< connections that exist and are to stay
  std::size_t leaving = 0;                   ///< others that still exist
  std::size_t wanted = 0;                    ///< connections_wanted()
  std::optional<origin::Protocol> protocol;  ///< what the origin spoke last, if it is known
  std::size_t streams_each = 100;   ///< how many streams a new HTTP/2 connection is good for
  std::size_t max_connections = 0;  ///< 0 = no limit
  bool failing = false;             ///< the last dial failed
  bool held_back = false;           ///< and it is too early for the next one (BackOff)
};

/// As many as those who wait need. One for an origin whose protocol is unknown, however many wait:
/// it may turn out that one HTTP/2 connection serves them all (F030).
constexpr std::size_t connections_for_waiting(const DialNeed& d) {
  if (d.protocol == origin::Protocol::http1) return d.waiting;
  if (d.protocol == origin::Protocol::http2) {
    const auto each = std::max<std::size_t>(1, d.streams_each);
    return ceil_div(d.waiting, each);
  }
  return d.waiting > 0 ? 1 : 0;
}

/// So many connections at most are on their way only to be ready ahead of need.
inline constexpr std::size_t most_dials_ahead = 16;

/// How many connections to open now: for those who wait or, when nobody does, to be ready ahead of
/// need; less those on their way. An origin that fails gets one dial at a time, and without a
/// request that waits only when its back-off is over (F016).
constexpr std::size_t dials_to_start(const DialNeed& d) {
  const auto missing = [](std::size_t wanted, std::size_t there) {
    return wanted > there ? wanted - there : 0;
  };
  const auto for_waiting = missing(connections_for_waiting(d), d.dialing);
  const auto ahead = d.waiting > 0 || d.held_back ? 0 : missing(d.wanted, d.open + d.dialing);
  const auto for_readiness = std::min(ahead, missing(most_dials_ahead, d.dialing));
  auto n = std::max(for_waiting, for_readiness);
  if (d.failing) n = std::min<std::size_t>(n, d.dialing > 0 ? 0 : 1);
  if (d.max_connections > 0)
    n = std::min(n, missing(d.max_connections, d.open + d.leaving + d.dialing));
  return n;
}

}  // namespace ccnproxy::pool
