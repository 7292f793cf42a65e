#pragma once

#include <algorithm>
#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::pool {

/// How long dialling an origin that fails is held back: 100 ms, doubling to 30 s, of which a random
/// half is taken off so that many do not come back at the same moment. Dials that were under way
/// together fail together: they delay the next one no longer than the first of them did, and
/// further ones hardly more. Pure, told of time.
class BackOff {
 public:
  static constexpr Duration least = std::chrono::milliseconds(100);
  static constexpr Duration most = std::chrono::seconds(30);

  void on_failure(TimePoint now, std::uint32_t random) {
    if (!failing()) since_ = now;
    const auto shift = std::min<std::uint32_t>(failures_, 16);
    const auto full = std::min(most, least * (1 << shift));
    ++failures_;
    failed_at_ = now;
    next_ = now + full / 2 + full / 2 / 256 * (random & 0xff);
  }
  /// One that another try will hardly change: held back for the longest time at once.
  void on_lasting_failure(TimePoint now, std::uint32_t random) {
    if (!failing()) since_ = now;
    failures_ = std::max<std::uint32_t>(failures_, 16);
    on_failure(now, random);
  }
  /// Of a dial that began before the last failure was seen.
  void on_failed_together() {
    if (failures_ < most_together) ++failures_;
  }
  void on_success() { failures_ = 0; }
  /// Whether a dial that began then knows no more of the origin than the failures so far.
  bool knows_of(TimePoint began) const noexcept { return failing() && began < failed_at_; }

  bool failing() const noexcept { return failures_ > 0; }
  std::uint32_t failures() const noexcept { return failures_; }
  bool holds(TimePoint now) const noexcept { return failing() && now < next_; }
  TimePoint next() const noexcept { return next_; }
  /// Of the first failure after the last success; only while failing().
  TimePoint since() const noexcept { return since_; }

 private:
  static constexpr std::uint32_t most_together = 3;
  std::uint32_t failures_ = 0;
  TimePoint next_{};
  TimePoint failed_at_{};
  TimePoint since_{};
};

}  // namespace ccnproxy::pool
