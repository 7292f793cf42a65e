#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/retirement_policy.h"

namespace ccnproxy::pool {

/// What is worth knowing of an origin after a restart. Holds no secrets.
struct OriginSnapshot {
  origin::Origin origin;
  std::optional<origin::Protocol> protocol;
  std::uint32_t stream_limit = 100;  ///< the peer's, for HTTP/2
  std::size_t peak = 0;
  CloseLimits limits;
  std::optional<Duration> rtt;
  double loss = 0;  ///< share of packets
  /// Until then it is to be asked by HTTP/1.1 only; nothing: it need not.
  std::optional<std::chrono::system_clock::time_point> http1_until;
  std::chrono::system_clock::time_point last_used;

  bool operator==(const OriginSnapshot&) const = default;
};

}  // namespace ccnproxy::pool
