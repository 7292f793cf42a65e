#pragma once

#include <algorithm>
#include <chrono>

namespace ccnproxy::fakes {

using Patience = std::chrono::milliseconds;

/// How long a fake waits before it fails: long enough for a loaded machine under a sanitizer.
inline constexpr Patience default_patience{10'000};

/// A moment to give up at.
class Deadline {
 public:
  using Clock = std::chrono::steady_clock;

  // Implicit: every blocking call takes a Deadline, and a test writes a number of milliseconds.
  Deadline(Patience patience = default_patience) : at_(Clock::now() + patience) {}
  explicit Deadline(Clock::time_point at) : at_(at) {}
  static Deadline never() { return Deadline(Clock::time_point::max()); }

  bool is_never() const { return at_ == Clock::time_point::max(); }
  bool passed() const { return !is_never() && Clock::now() >= at_; }
  Clock::time_point at() const { return at_; }

  /// For poll(2): milliseconds that are left, rounded up; -1 for never.
  int poll_timeout() const {
    if (is_never()) return -1;
    const auto left = std::chrono::ceil<Patience>(at_ - Clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left, 0, 1'000'000'000));
  }

 private:
  Clock::time_point at_;
};

}  // namespace ccnproxy::fakes
