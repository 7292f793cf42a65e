#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/net/path_counters.h"

namespace ccnproxy::pool {

/// Packets of one connection that went either way between two looks, and how many of them were
/// lost.
struct PacketsSeen {
  double packets = 0;
  double lost = 0;
};

/// Of what it sent, what it had to send again; of what it received, a loss for each round trip's
/// packets that came behind a gap, since nothing says which of them are late and which are lost
/// (as in RFC 5348 §5.2). Nothing where the counters fell: they are not of one connection.
inline PacketsSeen packets_between(const PathCounters& before, const PathCounters& after,
                                   Duration passed) {
  if (after.sent < before.sent || after.received < before.received ||
      after.sent_again < before.sent_again || after.out_of_order < before.out_of_order)
    return {};
  const auto received = static_cast<double>(after.received - before.received);
  const auto behind_gaps = static_cast<double>(after.out_of_order - before.out_of_order);
  const std::chrono::duration<double> time = passed, rtt = after.rtt;
  const auto in_a_round_trip = time > rtt ? received * (rtt / time) : received;
  return {static_cast<double>(after.sent - before.sent) + received,
          static_cast<double>(after.sent_again - before.sent_again) +
              behind_gaps / std::max(1.0, in_a_round_trip)};
}

/// How many packets of a path are lost, by what its connections have counted lately. Pure, told of
/// time.
///
/// What was counted is halved each minute: a path that has healed is known to be well after a few,
/// and a loss in a thousand is still seen at a few hundred packets a second.
class PathEstimate {
 public:
  static constexpr Duration half_life = std::chrono::minutes(1);
  /// Fewer losses are chance, and fewer packets no sample.
  static constexpr double least_lost = 3;
  static constexpr double least_packets = 50;

  void note(double packets, double lost, TimePoint now) {
    decay(now);
    packets_ += packets;
    lost_ += lost;
    if (lost_ >= least_lost) {
      known_ = true;
    } else if (lost_ < least_lost / 4) {
      known_ = false;  // not at the same number: one packet more or less changes nothing
    }
  }
  /// The share of packets that is lost; 0 where none or too few were.
  double loss(TimePoint now) { return measured(now).value_or(0); }
  /// The same for people; nothing where too few packets were seen to say.
  std::optional<double> measured(TimePoint now) {
    note(0, 0, now);
    if (packets_ < least_packets) return std::nullopt;
    return known_ ? lost_ / packets_ : 0;
  }
  /// What a former process had measured: it holds as long as if a few losses had been seen now.
  void recall(double loss, TimePoint now) {
    if (loss > 0 && packets_ == 0) note(2 * least_lost / loss, 2 * least_lost, now);
  }

 private:
  void decay(TimePoint now) {
    if (now <= at_) return;
    const std::chrono::duration<double> passed = now - at_;
    const auto left = std::exp2(-passed / std::chrono::duration<double>(half_life));
    packets_ *= left;
    lost_ *= left;
    at_ = now;
  }

  double packets_ = 0;
  double lost_ = 0;
  bool known_ = false;
  TimePoint at_{};
};

}  // namespace ccnproxy::pool
