#pragma once

#include <chrono>

namespace ccnproxy {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// The time that decisions are made by. The daemon's is its event loop's (read once a turn), a
/// test's is moved by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const noexcept = 0;
};

}  // namespace ccnproxy
