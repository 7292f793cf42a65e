#pragma once

#include <algorithm>
#include <chrono>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/observe/metrics.h"

namespace ccnproxy::observe {

/// The sum, extremes and histogram of some durations.
struct DurationSpan {
  Histogram histogram;
  Duration shortest = Duration::max();
  Duration longest{0};

  void add(Duration took) noexcept {
    histogram.add(took);
    shortest = std::min(shortest, took);
    longest = std::max(longest, took);
  }
  void add(const DurationSpan& other) noexcept {
    histogram.add(other.histogram);
    shortest = std::min(shortest, other.shortest);
    longest = std::max(longest, other.longest);
  }
};

/// The quantile (share 0 to 1) of the durations, in seconds; 0 if there are none. From the
/// histogram: durations are taken as evenly spread within a bucket, between its bounds and the
/// shortest and longest. Bounds are a factor of two apart, so it is at most twice or half the true
/// value.
double quantile(const DurationSpan& span, double share) noexcept;

/// The durations of what ended within the last one or two minutes, by whole minutes. Given the
/// time. Belongs to one thread.
class RecentDurations {
 public:
  static constexpr Duration period = std::chrono::minutes(1);

  void add(Duration took, TimePoint now) noexcept {
    if (now - began_ >= period) turn(now);
    current_.add(took);
  }
  DurationSpan value(TimePoint now) const noexcept;

 private:
  void turn(TimePoint now) noexcept;

  DurationSpan current_;
  DurationSpan previous_;
  TimePoint began_{};  ///< of the current minute
};

}  // namespace ccnproxy::observe
