#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::http2 {

/// Decides when an HTTP/2 peer sends too many frames that bring no response any further: PING,
/// SETTINGS, WINDOW_UPDATE, PRIORITY, empty DATA, what has no meaning at all (F067, RFC 9113
/// §10.5). Each is work, some want an answer, and no window bounds them. A bucket: `burst` at once,
/// `a_second` after that, and what our own requests and uploads give cause for. No honest peer
/// comes near it: the busiest are those that return two windows for each DATA frame that we send,
/// and gRPC servers that measure the path with a PING a round trip.
///
/// Reads the heads of frames by itself, because nghttp2 says nothing of those that it ignores.
/// Pure.
class FrameRateLimiter {
 public:
  static constexpr std::int32_t burst = 10'000;
  static constexpr std::int32_t a_second = 1000;
  static constexpr std::int32_t a_request = 8;  ///< heads, trailers, windows of both, a reset
  static constexpr std::int32_t a_data_frame = 4;

  explicit FrameRateLimiter(TimePoint now) : filled_(now) {}

  /// What came next on the connection; false: too much of it, now and from now on.
  bool admit(std::string_view bytes, TimePoint now);
  /// We gave cause for so many frames.
  void expect(std::int32_t frames) noexcept {
    left_ = left_ + frames < burst ? left_ + frames : burst;
  }

 private:
  static constexpr std::size_t head_size = 9;  // RFC 9113 §4.1

  std::int32_t cost_of_frame() noexcept;
  void refill(TimePoint now) noexcept;

  std::array<unsigned char, head_size> head_{};  ///< of the frame that is arriving
  std::uint8_t head_bytes_ = 0;
  std::uint32_t payload_left_ = 0;
  std::int32_t left_ = burst;
  TimePoint filled_;
};

}  // namespace ccnproxy::http2
