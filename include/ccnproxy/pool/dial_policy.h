#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/readiness_policy.h"

namespace ccnproxy::pool {

inline constexpr std::size_t no_bound = std::numeric_limits<std::size_t>::max();

/// What the decision to open connections is made from. Counts.
struct DialNeed {
  std::size_t waiting = 0;                   ///< requests without a connection
  std::size_t dialing = 0;                   ///< connections on their way
  std::size_t open = 0;                      ///< connections that exist and are to stay
  std::size_t leaving = 0;                   ///< others that still exist
  std::size_t wanted = 0;                    ///< connections_wanted(), or 0 if not ahead of need
  std::optional<origin::Protocol> protocol;  ///< what the origin spoke last, if it is known
  std::size_t streams_each = 100;        ///< how many streams a new HTTP/2 connection is good for
  std::size_t max_connections = 0;       ///< 0 = no limit
  bool failing = false;                  ///< the last dial failed
  bool held_back = false;                ///< and it is too early for the next one (BackOff)
  std::size_t on_trial = 0;              ///< of those open, whose dials may yet have failed (Trial)
  std::size_t for_waiting = no_bound;    ///< so many may begin for requests (DialBudget)
  std::size_t for_readiness = no_bound;  ///< and so many ahead of need
  std::size_t of_worker = 0;             ///< under way from this worker, to all origins
  // For connections that belong to one client each, see ExclusiveConnection.
  std::size_t exclusive_waiting = 0;  ///< that are not dialled yet
  std::size_t exclusive_dialing = 0;  ///< on their way
  bool answers_dials = true;          ///< the origin has ever been connected to
  std::size_t apart = 0;  ///< of those waiting, that are to have a connection each (bulk)
};

/// As many as the waiting requests need. One for an origin whose protocol is unknown, however many
/// wait: it may turn out that one HTTP/2 connection serves them all (F030).
constexpr std::size_t connections_for_waiting(const DialNeed& d) {
  if (d.protocol == origin::Protocol::http1) return d.waiting;
  if (d.protocol == origin::Protocol::http2) {
    const auto each = std::max<std::size_t>(1, d.streams_each);
    return ceil_div(d.waiting - d.apart, each) + d.apart;
  }
  return d.waiting > 0 ? 1 : 0;
}

/// So many connections at most are on their way only to be ready ahead of need.
inline constexpr std::size_t most_dials_ahead = 16;

/// With so many dials under way, those ahead of need wait: thousands of origins that become warm at
/// once are no storm of handshakes.
inline constexpr std::size_t most_dials_of_a_worker = 64;

constexpr std::size_t missing(std::size_t wanted, std::size_t there) {
  return wanted > there ? wanted - there : 0;
}

/// One dial at a time, of whichever kind.
constexpr std::size_t at_most_one(const DialNeed& d, std::size_t n) {
  return d.dialing + d.exclusive_dialing > 0 ? 0 : std::min<std::size_t>(n, 1);
}

/// For requests that wait. An origin that fails gets one dial at a time.
constexpr std::size_t dials_for_waiting(const DialNeed& d) {
  const auto n = std::min(missing(connections_for_waiting(d), d.dialing), d.for_waiting);
  return d.failing ? at_most_one(d, n) : n;
}

/// For tunnels and logins: one for each. An origin that fails, or was never connected to, gets one
/// dial at a time. `max_connections` is not looked at: each has its place already.
constexpr std::size_t exclusive_dials_to_start(const DialNeed& d) {
  const auto n = std::min(d.exclusive_waiting, d.for_waiting);
  return d.failing || !d.answers_dials ? at_most_one(d, n) : n;
}

/// To be ready ahead of need. An origin that fails gets one at a time, and no other before the last
/// has proved to have succeeded, or its back-off is over (F016, F147).
constexpr std::size_t dials_ahead(const DialNeed& d) {
  if (d.held_back || d.of_worker >= most_dials_of_a_worker) return 0;
  const auto n = std::min({missing(d.wanted, d.open + d.dialing),
                           missing(most_dials_ahead, d.dialing), d.for_readiness});
  if (!d.failing) return n;
  return d.on_trial > 0 ? 0 : at_most_one(d, n);
}

/// How many connections of the pool to open now: for requests that wait or, when none does, ahead
/// of need; less those on their way. This and exclusive_dials_to_start() are the one place that
/// decides whether a dial to an origin may begin.
constexpr std::size_t dials_to_start(const DialNeed& d) {
  const auto n = d.waiting > 0 ? dials_for_waiting(d) : dials_ahead(d);
  if (d.max_connections == 0) return n;
  return std::min(n, missing(d.max_connections, d.open + d.leaving + d.dialing));
}

}  // namespace ccnproxy::pool
