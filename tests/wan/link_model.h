#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>

#include "options.h"

namespace ccnproxy::wan {

/// Decides what happens to each packet of one direction: lost, dropped for want of queue, or
/// delivered when. Pure: no clock and no device, the same seed gives the same fates.
class LinkModel {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  enum class Fate : std::uint8_t {
    delivered,   ///< leaves the link at `due`
    lost,        ///< picked by the loss rate
    queue_full,  ///< came faster than the rate limit, and the queue had no room
  };
  struct Verdict {
    Fate fate = Fate::delivered;
    TimePoint due;  ///< meaningful for `delivered` only
  };

  LinkModel(const LinkOptions& options, std::uint64_t seed) : options_(options), random_(seed) {}

  /// A packet of `bytes` entered the link at `now`. Calls come in order of time.
  Verdict admit(std::size_t bytes, TimePoint now);

 private:
  bool loses();
  /// When the sender's line is free and the packet has been put on it; nothing if the queue is
  /// full.
  std::optional<TimePoint> departure(std::size_t bytes, TimePoint now);
  std::chrono::nanoseconds draw_jitter();

  LinkOptions options_;
  std::mt19937_64 random_;
  std::uniform_real_distribution<double> unit_{0, 1};
  bool in_burst_ = false;  ///< the line loses all that comes
  TimePoint line_free_;
  TimePoint last_due_;
};

}  // namespace ccnproxy::wan
