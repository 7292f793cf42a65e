#pragma once

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

/// Time that only a test moves. Begins long after the clock's zero, so that nothing works by
/// accident because a default time point is "a while ago".
class ManualClock final : public Clock {
 public:
  TimePoint now() const noexcept override { return now_; }
  void advance(Duration by) noexcept { now_ += by; }

 private:
  TimePoint now_{std::chrono::hours(1000)};
};

}  // namespace ccnproxy
