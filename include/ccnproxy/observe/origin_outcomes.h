#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"

namespace ccnproxy::observe {

/// What one request said of its origin.
enum class Outcome : std::uint8_t {
  answered,
  limited,  ///< 429: the origin takes fewer requests than it gets
  failed,   ///< 5xx of the origin, or no complete response
};

/// Outcome of a request with this status, `error` being null if it did not end in one. Nothing if
/// the client spoilt or left it, or if this proxy's rules denied it: that says nothing of the
/// origin.
std::optional<Outcome> outcome_of(std::uint16_t status, const Error* error) noexcept;

/// Outcomes of the recent past, as of one moment. Summaries of several workers add up.
struct OutcomeSummary {
  struct Failure {
    Duration ago{};
    std::uint16_t status = 0;
    std::optional<Phase> phase;  ///< nothing if the origin itself answered so
    std::string cause;
  };
  std::uint64_t requests = 0;  ///< in OriginOutcomes::window
  std::uint64_t failed = 0;    ///< of these
  std::uint64_t limited = 0;   ///< of these
  std::uint64_t in_a_row = 0;  ///< failures since the last response that was none
  std::optional<Duration> answered_ago;
  std::optional<Duration>
      failing_for;  ///< since the first of failures with no success, or less than a window, between
  std::optional<Failure> last_failure;

  void add(const OutcomeSummary& other);
};

/// Outcomes of the requests to one origin, counted over a sliding window of five minutes. Pure,
/// told of time; constant memory but for the cause of the last failure, which is bounded.
class OriginOutcomes {
 public:
  static constexpr Duration window = std::chrono::minutes(5);
  static constexpr std::size_t most_cause = 300;  ///< bytes

  /// Times never go backwards. `error` may be null, as for outcome_of().
  void count(std::uint16_t status, const Error* error, TimePoint now);
  OutcomeSummary at(TimePoint now) const;

 private:
  struct Slot {
    std::int64_t number = -1;  ///< of its time since the clock's epoch
    std::uint32_t requests = 0;
    std::uint32_t failed = 0;
    std::uint32_t limited = 0;
  };
  static constexpr std::size_t slots = 10;
  static constexpr Duration slot_time = window / slots;

  void fail(std::uint16_t status, const Error* error, TimePoint now);

  std::array<Slot, slots> slots_{};
  std::uint64_t in_a_row_ = 0;
  std::optional<TimePoint> answered_at_;
  TimePoint failing_since_{};
  std::optional<TimePoint> failed_at_;
  std::uint16_t status_ = 0;
  std::optional<Phase> phase_;
  std::string cause_;
};

}  // namespace ccnproxy::observe
