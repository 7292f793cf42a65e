#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::sim {

/// How an origin treats connections.
enum class Habit : std::uint8_t {
  steady,          ///< nginx's defaults: 75 s, and 60 s for a first request
  closes_after_5,  ///< idle ones after 5 s: Apache's and Node's default
  closes_after_60,
  hundred_requests,  ///< a connection ends after 100 requests
  restarts,          ///< every 20 minutes; refuses connections for a second
  moves,             ///< every 5 minutes to another address; the old one works for 2 minutes more
};
inline constexpr std::size_t habits = 6;
std::string_view to_string(Habit habit);

/// One origin as it is, known only to the network. All in the world's time. What it may close under
/// a request is decided by its own clock, half a round trip away (Wire).
class OriginModel {
 public:
  OriginModel(std::uint64_t seed, std::size_t index);

  Habit habit() const noexcept { return habit_; }
  /// The best that it speaks; it speaks HTTP/1.1 too.
  origin::Protocol protocol() const noexcept { return protocol_; }
  Duration rtt() const noexcept { return rtt_; }
  Duration idle_limit() const noexcept;
  /// Of a connection that has not had a request yet.
  Duration unused_limit() const noexcept;
  std::uint64_t request_limit() const noexcept;  ///< of one connection
  /// Whether a connection attempt that arrives at this moment is refused.
  bool refuses(TimePoint at) const;
  /// When all connections that stand at this moment will be cut off.
  TimePoint cut_off(TimePoint at) const;
  /// Where DNS leads at this moment.
  std::string address(TimePoint at) const;
  /// Whether DNS has named others for so long that this address is to be given up
  /// (origin::AddressPatience).
  bool is_withdrawn(const std::string& address, TimePoint at) const;

 private:
  std::int64_t period_at(TimePoint at, Duration length) const;

  Habit habit_;
  origin::Protocol protocol_;
  Duration rtt_;
  TimePoint phase_;  ///< the beginning of its restarts and moves, before the world's
};

}  // namespace ccnproxy::sim
