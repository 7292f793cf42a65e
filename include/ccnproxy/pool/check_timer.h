#pragma once

#include "ccnproxy/net/timer.h"

namespace ccnproxy::pool {

/// The time at which a pool looks at its connections although nothing happens: the earliest that a
/// part of it has planned.
class CheckTimer {
 public:
  CheckTimer(TimerWheel& timers, Delegate<void()> check) : timer_(timers, check) {}

  bool is_planned() const noexcept { return timer_.armed(); }
  void plan(TimePoint at) {
    if (!timer_.armed() || at < timer_.deadline()) timer_.set(at);
  }

 private:
  Timer timer_;
};

}  // namespace ccnproxy::pool
