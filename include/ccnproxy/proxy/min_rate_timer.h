#pragma once

#include <algorithm>
#include <cstdint>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::proxy {

/// Judges whether a peer that owes bytes moves them: some within each window, and on average over a
/// window at least so many a second. Says nothing of a transfer as a whole: one that is slow and
/// moves goes on for ever (F094, F095).
///
/// Time counts only between owe() and release(): a peer that waits for the other side is not slow.
/// Pure; its owner asks too_slow() when due() has come.
class MinRateTimer {
 public:
  /// The peer owes bytes from now on. Nothing changes if it did already.
  void owe(TimePoint now, Duration window, std::uint64_t bytes_a_second) noexcept {
    if (owed_) return;
    owed_ = true;
    window_ = window;
    least_ = static_cast<std::uint64_t>(static_cast<double>(bytes_a_second) *
                                        std::chrono::duration<double>(window).count());
    begun_ = moved_at_ = now;
    bytes_ = 0;
  }
  /// It owes nothing.
  void release() noexcept { owed_ = false; }
  void moved(TimePoint now, std::uint64_t bytes) noexcept {
    if (bytes == 0) return;
    bytes_ += bytes;
    moved_at_ = now;
  }

  bool owed() const noexcept { return owed_; }
  /// When to ask next.
  TimePoint due() const noexcept { return std::min(begun_, moved_at_) + window_; }
  /// Begins the next window where this one is over and was good.
  bool too_slow(TimePoint now) noexcept {
    if (!owed_ || now < due()) return false;
    if (now - moved_at_ >= window_ || bytes_ < least_) return true;
    begun_ = now;
    bytes_ = 0;
    return false;
  }

 private:
  bool owed_ = false;
  Duration window_{0};
  std::uint64_t least_ = 0;  ///< bytes in a window
  TimePoint begun_{};        ///< the window
  TimePoint moved_at_{};     ///< when bytes moved last
  std::uint64_t bytes_ = 0;  ///< in this window
};

}  // namespace ccnproxy::proxy
