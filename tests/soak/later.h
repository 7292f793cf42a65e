#pragma once

#include <functional>
#include <map>

#include "ccnproxy/net/event_loop.h"

namespace ccnproxy::soak {

/// Calls that are due some time later. Whoever is called for may be gone by then: callers hold weak
/// pointers. One thread.
class Later {
 public:
  explicit Later(EventLoop& loop)
      : loop_(loop), timer_(loop.timers(), Delegate<void()>::to<&Later::run>(this)) {}

  void after(Duration delay, std::function<void()> call) {
    const auto due = loop_.now() + delay;
    calls_.emplace(due, std::move(call));
    if (!timer_.armed() || due < timer_.deadline()) timer_.set(due);
  }

 private:
  void run() {
    while (!calls_.empty() && calls_.begin()->first <= loop_.now()) {
      auto call = std::move(calls_.begin()->second);
      calls_.erase(calls_.begin());
      call();
    }
    if (!calls_.empty()) timer_.set(calls_.begin()->first);
  }

  EventLoop& loop_;
  Timer timer_;
  std::multimap<TimePoint, std::function<void()>> calls_;
};

}  // namespace ccnproxy::soak
