#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

/// Decides whether the event loop waits for more input before it polls (batching under load). A
/// fast proxy wakes for every packet and pays for each wake-up. If at least two pieces of work
/// arrive within the window, waiting for it halves the CPU time of a request and lowers its
/// latency. At low rates the gate stays shut. Pure: it is given work and time.
class BatchingGate {
 public:
  /// `window`: how long an iteration may wait; 0 disables batching.
  explicit BatchingGate(Duration window) : window_(window) {}

  void count_work(std::uint32_t pieces = 1) noexcept { pieces_ += pieces; }
  /// Counts one piece of work for any input, and one more for each 16 KiB (a TLS record) of it: an
  /// iteration that reads twice as much makes half as many calls for it.
  void count_input(std::size_t bytes) noexcept { pieces_ += 1 + bytes / 16'384; }
  /// Called once an iteration. Measures over ten windows, a millisecond at least: shorter samples
  /// would open it by chance. Opens at two pieces a window.
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
  /// The result of the last measurement, for decisions that depend on load.
  bool is_open() const noexcept { return open_; }
  Duration window() const noexcept { return window_; }

 private:
  Duration window_;
  TimePoint since_{};
  std::uint64_t pieces_ = 0;
  bool open_ = false;
};

/// The window of one of `loops` that share the work. Each of several loops receives less in the
/// same time, but its iterations cost as much as a single loop's: the window is three times as
/// long.
constexpr Duration batching_window(Duration of_one, std::size_t loops) noexcept {
  return loops > 1 ? 3 * of_one : of_one;
}

}  // namespace ccnproxy
