#pragma once

#include <algorithm>
#include <cstddef>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/pool/readiness_policy.h"

namespace ccnproxy::pool {

/// How many dials one pool may still begin, whatever the reason (docs/pool-policy.md, "What an
/// origin is asked at most"). Pure, told of time.
///
/// * Each request that comes to wait pays for one dial, of the pool or of its own (a tunnel, a
///   login). A second one for it, where the first came
///   to nothing, and any dial at an origin that fails is a try: ten at once, then two a second,
///   however many wait. A dial that succeeds after failures gives two back, so that one server of
///   several that is down does not slow the others.
/// * Dials ahead of need are not paid for until a connection carries its first request. What is
///   open of that is a debt, which time pays off: for each connection wanted one in three seconds,
///   two a second at most. It may grow to what a start and a restart of the origin after it cost.
class DialBudget {
 public:
  static constexpr double tries_at_once = 10;
  static constexpr double tries_a_second = 2;
  static constexpr double debt_beside = 8;  ///< beyond twice the connections wanted
  static constexpr double ahead_a_second = idle_replacements_a_second;
  static constexpr Duration ahead_each = least_ready_life;

  void on_wait() noexcept { ++paid_; }
  /// A request's dial can't begin yet for another reason; it pays again when it can.
  void on_put_off() noexcept {
    if (paid_ > 0) --paid_;
  }
  void on_queue_empty() noexcept { paid_ = 0; }
  std::size_t for_waiting(TimePoint now, bool failing) noexcept {
    return (failing ? 0 : paid_) + tries_.room(now, tries_a_second, tries_at_once);
  }
  void on_dial_for_waiting(bool failing) noexcept {
    if (!failing && paid_ > 0) {
      --paid_;
    } else {
      tries_.add();
    }
  }
  /// A dial has succeeded, after some that failed.
  void on_success() noexcept {
    tries_.take();
    tries_.take();
  }
  /// When a try is possible again.
  TimePoint next_try(TimePoint now) noexcept {
    return tries_.next(now, tries_a_second, tries_at_once);
  }

  std::size_t ahead(TimePoint now, std::size_t wanted) noexcept {
    return debt_.room(now, rate_of(wanted), most_of(wanted));
  }
  void on_dial_ahead() noexcept { debt_.add(); }
  /// A connection that was made ahead of need carries its first request.
  void on_first_use() noexcept { debt_.take(); }
  TimePoint next_ahead(TimePoint now, std::size_t wanted) noexcept {
    return debt_.next(now, rate_of(wanted), most_of(wanted));
  }

  static constexpr double most_of(std::size_t wanted) {
    return debt_beside + 2 * static_cast<double>(wanted);
  }
  static constexpr double rate_of(std::size_t wanted) {
    const double each = static_cast<double>(std::max<std::size_t>(1, wanted)) /
                        std::chrono::duration<double>(ahead_each).count();
    return std::min(ahead_a_second, each);
  }

 private:
  /// A sum that time pays off.
  class Debt {
   public:
    std::size_t room(TimePoint now, double a_second, double most) noexcept {
      const auto passed = std::chrono::duration<double>(now - at_).count();
      at_ = now;
      sum_ = std::max(0.0, sum_ - passed * a_second);
      const auto left = most - sum_ + tolerance;
      return left >= 1 ? static_cast<std::size_t>(left) : 0;
    }
    TimePoint next(TimePoint now, double a_second, double most) noexcept {
      if (room(now, a_second, most) > 0) return now;
      const std::chrono::duration<double> missing((sum_ - most + 1) / a_second);
      return now + std::chrono::duration_cast<Duration>(missing);
    }
    void add() noexcept { sum_ += 1; }
    void take() noexcept { sum_ = std::max(0.0, sum_ - 1); }

   private:
    static constexpr double tolerance = 1e-6;  // what was added and paid off is 0 again
    double sum_ = 0;
    TimePoint at_{};
  };

  std::size_t paid_ = 0;  ///< dials of requests that wait, and have not begun
  Debt tries_;
  Debt debt_;
};

}  // namespace ccnproxy::pool
