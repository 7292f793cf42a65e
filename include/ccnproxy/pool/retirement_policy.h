#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// What is known of when a connection will be ended by its origin: from what the origin said
/// (Keep-Alive) or did.
struct CloseLimits {
  std::optional<Duration> idle;    ///< idle for so long, it closes
  std::optional<Duration> unused;  ///< so long without a first request, it closes
  std::optional<Duration> age;     ///< so old, it closes
  std::optional<std::uint64_t> requests;

  bool operator==(const CloseLimits&) const = default;
};

/// What a connection's planned end is made from.
struct ConnectionLife {
  TimePoint opened;
  TimePoint last_used;
  bool in_use = false;
  std::uint32_t jitter = 0;    ///< drawn once for each connection, 0 to 255
  std::uint64_t requests = 0;  ///< carried so far
};

struct PlannedEnd {
  TimePoint at;
  std::string_view why;
};

/// A connection goes at four fifths of what its origin allows, or a second before (what is
/// earlier), so that the origin's end of it never meets a request (F001, F004). Of less than two
/// seconds it is half: requests in quick succession still share a connection.
constexpr Duration safe_part(Duration limit) {
  return std::min(limit / 5 * 4, std::max(limit - std::chrono::seconds(1), limit / 2));
}
constexpr std::uint64_t safe_part(std::uint64_t limit) {
  return std::max<std::uint64_t>(1, limit / 5 * 4);
}

/// An idle limit of no more than this is kept to exactly: beyond its safe part a connection takes
/// no request at all, where one of a longer limit serves until another stands in its place.
inline constexpr Duration short_idle_limit = std::chrono::seconds(3);

/// Until when an idle connection may be lent at all.
constexpr TimePoint lendable_until(const ConnectionLife& life, const CloseLimits& limits) {
  const auto& idle = life.requests == 0 ? limits.unused : limits.idle;
  if (!idle || *idle > short_idle_limit) return TimePoint::max();
  return life.last_used + safe_part(*idle);
}

/// Whether it has carried all the requests that its origin takes on one connection.
constexpr bool is_used_up(const ConnectionLife& life, const CloseLimits& limits) {
  return limits.requests && life.requests >= *limits.requests;
}

/// When this connection should have been replaced, and why. Ages are up to a tenth early by the
/// connection's jitter, so that connections opened together do not go together (F017).
constexpr PlannedEnd planned_end(const ConnectionLife& life, Duration max_age,
                                 const CloseLimits& limits) {
  const auto jittered = [&](Duration age) {
    return life.opened + age - age / 10 * life.jitter / 256;
  };
  PlannedEnd end{jittered(max_age), "pool.max_age"};
  const auto consider = [&](TimePoint at, std::string_view why) {
    if (at < end.at) end = {at, why};
  };
  if (limits.age) consider(jittered(*limits.age / 5 * 4), "the origin closes at about this age");
  if (limits.requests && life.requests >= safe_part(*limits.requests))
    consider(life.last_used, "the origin closes after about so many requests");
  const auto& idle = life.requests == 0 ? limits.unused : limits.idle;
  if (idle && !life.in_use)
    consider(life.last_used + safe_part(*idle), "the origin closes idle connections");
  return end;
}

}  // namespace ccnproxy::pool
