#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "ccnproxy/base/clock.h"

namespace ccnproxy::origin {

/// Rate limiter of the interim responses (1xx) of one request (F069, F130): a bucket of heads and
/// one of bytes. No number for the whole exchange: an origin may send a 102 each 20 s for hours, or
/// a 104 for each percent of an upload; one that sends nothing else as fast as it can is given up.
/// Pure.
class InterimLimiter {
 public:
  static constexpr std::uint32_t burst = 128;
  static constexpr std::uint32_t a_second = 100;
  static constexpr std::size_t burst_bytes = 1024 * 1024;
  static constexpr std::size_t bytes_a_second = 256 * 1024;

  /// One more head has come, of so many bytes. Empty: it is within the rate. Else the bound that it
  /// breaks, in words that live for ever; the request is to fail.
  std::string_view admit(std::size_t bytes, TimePoint now) noexcept;

 private:
  // When each bucket is full again (the virtual scheduling of a leaky bucket).
  TimePoint heads_full_{};
  TimePoint bytes_full_{};
};

}  // namespace ccnproxy::origin
