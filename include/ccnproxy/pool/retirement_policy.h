#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// What a connection's retirement is decided from.
struct ConnectionLife {
  TimePoint opened;
  TimePoint last_used;
  bool in_use = false;
  std::uint32_t jitter = 0;  ///< drawn once for each connection, 0 to 255
};

struct RetirementLimits {
  Duration max_age;
  Duration max_idle;
};

/// When a connection has to go because of its age: up to a tenth of max_age early, by its jitter,
/// so that connections opened together do not go together (F017).
constexpr TimePoint ages_out_at(const ConnectionLife& life, const RetirementLimits& limits) {
  return life.opened + limits.max_age - limits.max_age / 10 * life.jitter / 256;
}

/// Why this connection should be retired now; nothing if it should stay.
constexpr std::optional<std::string_view> reason_to_retire(const ConnectionLife& life,
                                                           const RetirementLimits& limits,
                                                           TimePoint now) {
  if (now >= ages_out_at(life, limits)) return "max_age";
  if (!life.in_use && now >= life.last_used + limits.max_idle) return "idle";
  return std::nullopt;
}

/// When to ask again.
constexpr TimePoint next_check(const ConnectionLife& life, const RetirementLimits& limits) {
  const auto age = ages_out_at(life, limits);
  if (life.in_use) return age;
  const auto idle = life.last_used + limits.max_idle;
  return age < idle ? age : idle;
}

}  // namespace ccnproxy::pool
