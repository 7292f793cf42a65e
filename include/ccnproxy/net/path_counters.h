#pragma once

#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

/// What the kernel has counted of one connection since it was made (tcp_info). All zero where it
/// tells nothing.
struct PathCounters {
  std::uint64_t sent = 0;          ///< packets with data, those sent again included
  std::uint64_t sent_again = 0;    ///< of these, less what the peer says it had already (RFC 2883)
  std::uint64_t received = 0;      ///< packets with data
  std::uint64_t out_of_order = 0;  ///< of these, behind a gap: one before it was lost or overtaken
  Duration rtt{0};                 ///< smoothed (RFC 6298)
  Duration rtt_variance{0};        ///< mean deviation (RFC 6298)
  std::uint64_t window = 0;        ///< congestion window, bytes
  /// The window, in bytes, up to which it grows by doubling; UINT64_MAX until a loss or a growing
  /// delay (HyStart++, RFC 9406) has ended that.
  std::uint64_t threshold = UINT64_MAX;
  std::uint64_t delivery_rate = 0;  ///< bytes/s, as the peer acknowledged them lately
};

}  // namespace ccnproxy
