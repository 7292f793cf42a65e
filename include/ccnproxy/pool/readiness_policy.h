#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>

#include "ccnproxy/config/config.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/retirement_policy.h"
#include "ccnproxy/pool/spread_policy.h"

namespace ccnproxy::pool {

/// Of an origin whose addresses are servers of their own, and are to have a connection each.
struct AddressNeed {
  std::size_t known = 0;    ///< addresses that may be dialled; 0 where they don't count
  std::size_t unused = 0;   ///< of these, with no connection; a dial on its way may count or not
  std::size_t staying = 0;  ///< connections that are open and are to stay
};

/// As many as there are addresses, or more while one has none although others have several: what is
/// opened next goes to that one. Never more than two for each: no error in counting is a storm.
constexpr std::size_t connections_for_addresses(const AddressNeed& a) {
  const auto to_reach_all = a.unused > 0 ? a.staying + a.unused : 0;
  return std::min(std::max(a.known, to_reach_all), 2 * a.known);
}

/// What the number of connections to hold is decided from.
struct Readiness {
  bool keep_ready = false;                   ///< used lately, or to be kept for ever
  std::optional<origin::Protocol> protocol;  ///< what the origin spoke last
  std::size_t in_use = 0;                    ///< requests in flight or waiting
  std::size_t peak = 0;                      ///< the recent most of them
  std::size_t streams_each = 100;            ///< what an HTTP/2 connection takes
  std::size_t burst_streams = 10;     ///< what an idle one answers within a round trip (placement)
  std::optional<Duration> idle_life;  ///< idle for so long, a connection has to be replaced
  bool far = true;                    ///< origin::is_far(): a round trip is worth a connection
  bool unproven = false;  ///< a connection has carried so much that the origin may end it any time
  AddressNeed addresses = {};
  std::size_t shared_by = no_loss;  ///< streams_on_lossy_path()
  std::size_t bulk = 0;  ///< connections that carry large bodies, now or at the recent peak
  bool hedged = false;   ///< requests may get a second attempt, which needs another connection
};

/// More connections than this are not opened for the sake of congestion windows or losses alone.
inline constexpr std::size_t widest_burst = 20;

/// Servers end a connection after so many requests (Apache and old nginx 100, nginx 1,000, others
/// their own number), and none announces it in HTTP/2. A connection that has carried more than
/// these, of an origin whose number is not known yet, has another one beside it.
inline constexpr std::uint64_t unproven_after = 80;

/// Unused connections are replaced no more often than this per origin: a peak is not kept
/// ready at any price with an origin that closes after seconds.
inline constexpr std::size_t idle_replacements_a_second = 2;

/// A connection that waits for its first request has to last as long as this, or an origin is not
/// kept ready ahead of need: it would be dialled for ever for no request.
inline constexpr Duration least_ready_life = std::chrono::seconds(3);

/// Whether connections of an origin that ends unused ones after so long may be made ahead of need.
constexpr bool is_worth_keeping_ready(const std::optional<Duration>& unused_limit) {
  return !unused_limit || safe_part(*unused_limit) >= least_ready_life;
}

constexpr std::size_t ceil_div(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

/// How many connections should be open, those in use included, so that the next request finds one
/// ready.
///
/// HTTP/1.1: what the recent peak needed and a share (`pool.spare`) more, and never less than
/// `pool.min_ready` beyond those in use. HTTP/2: `min_ready`, or the next one before the last is
/// three quarters full, or as many as let the recent peak go out and come back in one round trip:
/// an idle connection's congestion window takes about ten packets. Where the origin may end one
/// without notice, or requests are hedged, two; where the path loses packets, so many that few wait
/// for another's; and those that carry large bodies beside them. Nothing of that for a near origin.
/// Unknown protocol: one, which will tell. With `min_ready` 0 nothing is opened ahead of need.
/// Where addresses are to share, one for each. `max_idle` bounds what is not in use, but leaves
/// each address one.
inline std::size_t connections_wanted(const Readiness& r, const config::Pool& settings) {
  const std::size_t floor = settings.min_ready;
  if (!r.keep_ready || floor == 0) return 0;
  std::size_t wanted = 1;
  if (r.protocol == origin::Protocol::http1) {
    const auto peak = static_cast<double>(std::max(r.peak, r.in_use));
    const auto with_spare = static_cast<std::size_t>(std::ceil(peak * (1 + settings.spare)));
    wanted = std::max(with_spare, r.in_use + floor);
  } else if (r.protocol == origin::Protocol::http2) {
    const auto comfortable = std::max<std::size_t>(1, r.streams_each * 3 / 4);
    const auto by_streams = ceil_div(r.in_use, comfortable);
    const auto by_window =
        std::min(widest_burst, ceil_div(r.peak, std::max<std::size_t>(1, r.burst_streams)));
    wanted = std::max(floor, by_streams);
    if (r.far) {
      const auto by_loss = std::min(widest_burst, ceil_div(r.peak, r.shared_by));
      wanted =
          std::max({wanted, by_window, by_loss, std::size_t{r.unproven || r.hedged ? 2u : 1u}}) +
          r.bulk;
    }
  }
  wanted = std::max(wanted, connections_for_addresses(r.addresses));
  if (r.idle_life) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*r.idle_life).count();
    const auto idle = idle_replacements_a_second * static_cast<std::size_t>(seconds);
    wanted = std::min(wanted, r.in_use + std::max(floor, idle));
  }
  if (settings.max_idle > 0) {
    const bool multiplexes = r.protocol == origin::Protocol::http2;
    const auto used =
        multiplexes ? ceil_div(r.in_use, std::max<std::size_t>(1, r.streams_each)) : r.in_use;
    wanted = std::min(wanted,
                      used + std::max({std::size_t{settings.max_idle}, floor, r.addresses.known}));
  }
  const std::size_t most = settings.max_connections;
  return most > 0 ? std::min(wanted, most) : wanted;
}

}  // namespace ccnproxy::pool
