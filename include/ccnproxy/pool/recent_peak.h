#pragma once

#include <algorithm>
#include <cstddef>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// The most requests that an origin had at once lately. A peak is remembered in full for at least
/// `hold`, at most twice that, then halved each `hold`: a burst comes again, at the same hour or
/// with the next deploy, long after an average would have forgotten it. Pure, told of time.
class RecentPeak {
 public:
  RecentPeak(TimePoint now, Duration hold) : hold_(hold), rotated_(now) {}

  void set_hold(Duration hold) noexcept { hold_ = hold; }
  /// Takes note of so many at once; says whether that is more than the peak so far.
  bool note(std::size_t at_once, TimePoint now) {
    rotate(now);
    const bool rises = at_once > value();
    current_ = std::max(current_, at_once);
    return rises;
  }
  std::size_t value(TimePoint now) {
    rotate(now);
    return value();
  }
  /// When value() may fall next.
  TimePoint next_change() const { return rotated_ + hold_; }

 private:
  std::size_t value() const { return std::max(current_, previous_); }
  void rotate(TimePoint now) {
    while (now >= rotated_ + hold_) {
      previous_ = std::max(current_, previous_ / 2);
      current_ = 0;
      rotated_ = previous_ == 0 ? now : rotated_ + hold_;
    }
  }

  Duration hold_;
  TimePoint rotated_;
  std::size_t current_ = 0;
  std::size_t previous_ = 0;
};

}  // namespace ccnproxy::pool
