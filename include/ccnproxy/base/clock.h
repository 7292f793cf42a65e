#pragma once

#include <chrono>

namespace ccnproxy {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// A monotonic clock for decisions. The daemon's is its event loop, which reads the time once an
/// iteration; tests move theirs by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const noexcept = 0;
};

}  // namespace ccnproxy
