#pragma once

#include <array>
#include <chrono>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy {

/// The value of a Date field (IMF-fixdate, RFC 9110 §5.6.7), formatted once a second and not once a
/// message. One a worker, no locking.
class HttpDate {
 public:
  using WallClock = std::chrono::system_clock::time_point (*)() noexcept;
  explicit HttpDate(WallClock wall_clock = std::chrono::system_clock::now) noexcept
      : wall_clock_(wall_clock) {}

  /// `now` is a monotonic time and decides when the wall clock is read again. Valid until the next
  /// call.
  std::string_view at(TimePoint now) noexcept;

 private:
  static constexpr std::size_t size = 29;  // Sun, 06 Nov 1994 08:49:37 GMT
  void format(std::chrono::sys_seconds time) noexcept;

  WallClock wall_clock_;
  TimePoint valid_until_{};
  std::array<char, size> text_{};
};

}  // namespace ccnproxy
