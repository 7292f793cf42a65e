#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ccnproxy/pool/spread_policy.h"

namespace ccnproxy::pool {

/// Packets that an idle TCP connection lets out per round trip (RFC 6928), in each direction.
inline constexpr std::size_t initial_window_packets = 10;
/// What a packet carries of TLS, over IPv6 and with time stamps (RFC 7323).
inline constexpr std::size_t packet_bytes = 1428;

/// How many packets the answer to one request takes, from what answers took lately.
constexpr std::size_t packets_each(std::uint64_t mean_bytes) {
  const auto bytes = static_cast<std::size_t>(mean_bytes);
  return std::max<std::size_t>(1, (bytes + packet_bytes - 1) / packet_bytes);
}

/// How many requests an idle connection carries there and back within one round trip.
constexpr std::size_t burst_streams(std::uint64_t mean_bytes) {
  return std::max<std::size_t>(1, initial_window_packets / packets_each(mean_bytes));
}

/// What is known of a connection when a request has to be placed.
struct PlacementFacts {
  std::size_t streams = 0;       ///< in flight
  std::uint64_t received = 0;    ///< bytes since it was last idle: its windows have grown with them
  std::uint64_t mean_bytes = 0;  ///< of an answer
  bool leaving = false;          ///< will be replaced, or may be as dead as another one is
  bool bulk = false;             ///< carries a large body, behind which others wait
  std::size_t shared_by = no_loss;  ///< streams_on_lossy_path()
  bool overdue = false;  ///< an answer on it was late, and nothing has come over it since
};

/// How good a place a connection is: higher is better. Connections whose window has room come
/// first, where the path loses packets only up to the number of requests that should share one; the
/// fullest of them before the others, so that requests share packets and few connections do the
/// work; of equally full ones the one whose window has grown most, as a large answer comes sooner
/// there. Then the least loaded: those where answers are overdue are not that. Then those that seem
/// to wait for a lost packet, those with a large body, and leaving ones last.
constexpr std::int64_t placement_score(const PlacementFacts& f) {
  const auto window = initial_window_packets + f.received / packet_bytes;
  const bool room =
      f.streams < f.shared_by && (f.streams + 1) * packets_each(f.mean_bytes) <= window;
  constexpr std::int64_t stream = 1 << 12;
  constexpr std::int64_t tier = std::int64_t{1} << 32;
  const auto streams =
      stream * static_cast<std::int64_t>(std::min<std::size_t>(f.streams, tier / stream / 2));
  const auto width = static_cast<std::int64_t>(std::min<std::uint64_t>(window, stream - 1));
  const auto within = room ? tier + streams + width : tier / 2 - streams;
  return within - (f.leaving ? 4 * tier : 0) - (f.bulk ? 2 * tier : 0) - (f.overdue ? tier : 0);
}

}  // namespace ccnproxy::pool
