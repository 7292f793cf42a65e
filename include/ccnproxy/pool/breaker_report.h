#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// State of an origin's circuit breaker.
enum class BreakerState : std::uint8_t {
  closed,     ///< requests pass
  half_open,  ///< one is under way that tells whether the origin is back; others are refused
  open,       ///< requests are refused
};

constexpr std::string_view to_string(BreakerState state) noexcept {
  switch (state) {
    case BreakerState::closed:
      return "closed";
    case BreakerState::half_open:
      return "half_open";
    case BreakerState::open:
      return "open";
  }
  return "closed";
}

/// What did not come in time.
enum class BreakerCause : std::uint8_t {
  dials,    ///< connections: those that stand still serve requests
  answers,  ///< response heads
};

/// A circuit breaker as it is shown to people.
struct BreakerReport {
  BreakerState state = BreakerState::closed;
  BreakerCause cause = BreakerCause::dials;
  std::uint32_t failures = 0;  ///< in a row, of this cause
  std::optional<Duration> open_for;
  std::optional<Duration> next_try;  ///< until then; unless closed
};

}  // namespace ccnproxy::pool
