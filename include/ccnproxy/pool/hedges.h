#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::pool {

/// How long answers took to begin lately: shares of them by time, in steps of 2.2 %. Pure.
///
/// What was counted is halved after each thousand, so that the last few thousand answers decide.
class AnswerTimes {
 public:
  /// Fewer answers are no sample of their slowest twentieth.
  static constexpr std::size_t least = 50;

  void note(Duration time) noexcept;
  /// What this share of them (0 to 1) did not exceed; nothing while they are few.
  std::optional<Duration> quantile(double share) const noexcept;

 private:
  static constexpr double shortest_ms = 1;
  static constexpr std::size_t steps_to_double = 32;
  static constexpr std::size_t steps = 16 * steps_to_double;  // to 65 s
  static constexpr std::size_t halved_at = 1000;

  void halve() noexcept;

  std::array<std::uint16_t, steps> counts_{};
  std::size_t total_ = 0;
};

/// Decides of second attempts of requests to one origin whose answers are late (Dean and Barroso,
/// The Tail at Scale, 2013). Pure; belongs to one pool.
class Hedges {
 public:
  /// A request that may be hedged has been sent.
  void on_request(const config::Hedging& settings) noexcept;
  /// The first answer to one came after so long.
  void on_answer(Duration time) noexcept { times_.note(time); }
  /// How long after it was sent a request's answer is late; nothing while too little is known.
  std::optional<Duration> late_after(const config::Hedging& settings, Duration rtt) const noexcept;
  /// Whether the budget has one left.
  bool may() const noexcept { return tokens_ >= 1; }
  /// A second attempt has been sent.
  void take() noexcept { tokens_ -= 1; }

 private:
  /// So many at once after a time without any.
  static constexpr double most = 10;

  AnswerTimes times_;
  double tokens_ = 1;
};

}  // namespace ccnproxy::pool
