#pragma once

#include <algorithm>
#include <chrono>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/observe/metrics.h"

namespace ccnproxy::observe {

/// How long some things took, all together.
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

/// So many of them (a share, 0 to 1) took no longer than this, in seconds; 0 where there are none.
/// Read off the histogram: within its bucket, whose bounds are a factor of two apart, spread evenly
/// between those bounds and the shortest and longest. So no more than twice or half of what it is.
double quantile(const DurationSpan& span, double share) noexcept;

/// How long what ended within the last minute took, or the last two: by whole minutes. Told of
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
