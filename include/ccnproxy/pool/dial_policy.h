#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::pool {

/// What the decision to open connections is made from. Counts.
struct DialDemand {
  std::size_t waiting = 0;                   ///< requests without a connection
  std::size_t dialing = 0;                   ///< connections on their way
  std::size_t open = 0;                      ///< connections that exist, less those that drain
  std::optional<origin::Protocol> protocol;  ///< what the origin spoke last, if it is known
  std::size_t streams_each = 100;   ///< how many streams a new HTTP/2 connection is good for
  std::size_t max_connections = 0;  ///< 0 = no limit
};

/// How many connections to open now. One for an origin whose protocol is unknown, however many
/// wait: it may turn out that one HTTP/2 connection serves them all (F030). Then as many as those
/// who wait need, each protocol by its own measure, less those on their way.
constexpr std::size_t dials_to_start(const DialDemand& d) {
  std::size_t wanted = d.waiting > 0 ? 1 : 0;
  if (d.protocol == origin::Protocol::http1) wanted = d.waiting;
  if (d.protocol == origin::Protocol::http2) {
    const auto each = std::max<std::size_t>(1, d.streams_each);
    wanted = (d.waiting + each - 1) / each;
  }
  if (d.max_connections > 0) {
    const auto room = d.max_connections > d.open ? d.max_connections - d.open : 0;
    wanted = std::min(wanted, room);
  }
  return wanted > d.dialing ? wanted - d.dialing : 0;
}

}  // namespace ccnproxy::pool
