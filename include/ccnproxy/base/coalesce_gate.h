#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

/// Decides whether a turn of the event loop should wait a moment for more input before it polls. A
/// fast proxy wakes for every packet and pays for waking; when at least two pieces of work arrive
/// within the window, waiting for it halves the cost of a request and even lowers its latency. At
/// low rates the gate stays shut. Pure: told of work and time, asked for a decision.
class CoalesceGate {
 public:
  /// `window`: how long a turn may wait; 0 keeps the gate shut for ever.
  explicit CoalesceGate(Duration window) : window_(window) {}

  void count_work(std::uint32_t pieces = 1) noexcept { pieces_ += pieces; }
  /// Input is a piece of work however small it is, and each TLS record of a large body another: a
  /// turn that finds twice as much makes half as many calls for it.
  void count_input(std::size_t bytes) noexcept { pieces_ += 1 + bytes / 16'384; }
  /// Called once a turn. Measures over ten windows, a millisecond at least: over less, chance alone
  /// would open it at times. Opens at two pieces a window.
  bool open(TimePoint now) noexcept {
    if (window_.count() == 0) return false;
    const auto elapsed = now - since_;
    if (elapsed >= std::max<Duration>(10 * window_, std::chrono::milliseconds(1))) {
      open_ = static_cast<double>(pieces_) * static_cast<double>(window_.count()) >=
              2.0 * static_cast<double>(elapsed.count());
      pieces_ = 0;
      since_ = now;
    }
    return open_;
  }
  /// What the last measurement said; for choices that depend on being busy.
  bool is_open() const noexcept { return open_; }
  Duration window() const noexcept { return window_; }

 private:
  Duration window_;
  TimePoint since_{};
  std::uint64_t pieces_ = 0;
  bool open_ = false;
};

/// The window of one of `loops` that share the work. Each of several finds less in the same time,
/// but its turns cost as much as one loop's: they wait three times as long, for about as much.
constexpr Duration coalesce_window(Duration of_one, std::size_t loops) noexcept {
  return loops > 1 ? 3 * of_one : of_one;
}

}  // namespace ccnproxy
