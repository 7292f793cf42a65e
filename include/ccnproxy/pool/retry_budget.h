#pragma once

#include <algorithm>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// Bounds retries to a fifth of the requests plus ten a second, so that an origin in trouble is not
/// struck twice as hard (F058). A token bucket: pure, told of requests and time.
class RetryBudget {
 public:
  explicit RetryBudget(TimePoint now) : refilled_(now) {}

  void on_request() noexcept { tokens_ = std::min(most, tokens_ + share); }
  /// Takes one retry if there is one left.
  bool take(TimePoint now) noexcept {
    const auto elapsed = std::chrono::duration<double>(now - refilled_).count();
    refilled_ = now;
    tokens_ = std::min(most, tokens_ + elapsed * a_second);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  static constexpr double share = 0.2;
  static constexpr double a_second = 10;
  static constexpr double most = 100;
  double tokens_ = most;
  TimePoint refilled_;
};

}  // namespace ccnproxy::pool
