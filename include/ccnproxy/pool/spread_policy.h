#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace ccnproxy::pool {

/// A request or response of so many bytes is bulk: over an idle connection's window it takes three
/// round trips, and what shares the connection waits behind it, longer where packets are lost.
inline constexpr std::uint64_t bulk_bytes = 64 * 1024;

/// A path on which fewer packets are lost is as good as one that loses none: one connection's stall
/// of a round trip in 2,000 packets is not seen in what nine of ten requests take.
inline constexpr double least_loss = 0.0005;

/// Where nothing is lost, any number may share a connection.
inline constexpr std::size_t no_loss = std::size_t{1} << 20;

/// Where more packets are lost, no request should wait for another one's.
inline constexpr double most_shared_loss = 0.02;

/// How many requests should share a connection to a far origin where this share of packets is lost
/// (0 to 1). A lost packet holds up all that share its connection for about a round trip and a
/// half; with k requests at once on each, and a packet there and one back for each,
/// 2 · loss · 1.5 · k of the requests wait for another's packet. That is to be 2 %.
///
/// But three while that is less than a tenth or so of them: a packet that was alone on its
/// connection is missed after the sender's timeout, four round trips after the request over 100 ms,
/// and one that another follows soon after a round trip and a quarter (RACK, RFC 8985).
constexpr std::size_t streams_on_lossy_path(double loss) {
  if (loss < least_loss) return no_loss;
  const auto least = loss < most_shared_loss ? 3.0 : 1.0;
  return static_cast<std::size_t>(std::max(least, 0.02 / 3 / loss));
}

}  // namespace ccnproxy::pool
