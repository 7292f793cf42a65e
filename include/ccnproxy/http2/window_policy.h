#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::http2 {

/// What the windows of one worker's streams have in common.
struct WindowBudget {
  /// How far they may grow beyond their start, together. Bytes.
  std::int64_t left = 64 * 1024 * 1024;
  /// When those of a connection that had been made small for the memory were last made large again.
  TimePoint restored{};
};

/// Whether the windows of a connection may be made as large again as they were, now that memory is
/// to be had: this lets the origin send a megabyte for every stream that waits for its client, at
/// once. So not for a crowd, and not for all connections at the same time.
inline bool may_restore_windows(std::size_t waiting_streams, TimePoint now, WindowBudget& budget) {
  constexpr std::size_t most_waiting = 8;
  constexpr Duration apart = std::chrono::milliseconds(100);
  if (waiting_streams > most_waiting || now - budget.restored < apart) return false;
  budget.restored = now;
  return true;
}

/// Decides how large the receive window of one HTTP/2 stream is (RFC 9113 §5.2). It starts at 1
/// MiB, so that a response of that size needs no second round trip, and doubles each time the
/// client has taken a quarter of it without leaving a backlog: the path may be longer than the
/// window (64 KiB over 100 ms would be 5 Mbit/s), and by the time that shows, round trips are lost.
/// A client that falls behind keeps what it has. The largest is 80 MB/s over 100 ms, and what one
/// client that stops reading can make us hold. Pure but for the budget.
class WindowPolicy {
 public:
  static constexpr std::int32_t start = 1024 * 1024;
  static constexpr std::int32_t largest = 8 * 1024 * 1024;
  /// What streams start with while memory is under pressure: HTTP/2's own default.
  static constexpr std::int32_t under_pressure = 64 * 1024 - 1;

  explicit WindowPolicy(WindowBudget& budget) : budget_(&budget) {}
  WindowPolicy(const WindowPolicy&) = delete;
  WindowPolicy& operator=(const WindowPolicy&) = delete;
  ~WindowPolicy() { budget_->left += window_ - start; }

  /// `taken` more bytes went to the client, `backlog` are still held for it. Returns whether the
  /// window grew.
  bool on_taken(std::uint64_t taken, std::uint64_t backlog) {
    if (backlog > 0) {
      since_growth_ = 0;
      return false;
    }
    since_growth_ += taken;
    if (since_growth_ < static_cast<std::uint64_t>(window_) / 4 || window_ >= largest) return false;
    const auto more = std::min(window_, largest - window_);
    if (budget_->left < more) return false;
    budget_->left -= more;
    window_ += more;
    since_growth_ = 0;
    return true;
  }
  std::int32_t window() const noexcept { return window_; }

 private:
  WindowBudget* budget_;
  std::int32_t window_ = start;
  std::uint64_t since_growth_ = 0;
};

}  // namespace ccnproxy::http2
