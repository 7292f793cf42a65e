#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ccnproxy/admin/origin_health.h"

namespace ccnproxy::admin {

/// Decides what the log says of origins: one warning when an origin has become failing or
/// unreachable, one line when it has recovered, from the verdicts of judge() at each look.
///
/// No false alarms: an origin is in trouble if two looks in a row say so, and has recovered if it
/// was well for `calm_after` and something shows it: a request that was answered, or, if it was
/// unreachable, an open connection. One that gets no more requests stays in trouble without another
/// line, and is given up after `given_up_after`.
///
/// Bounded: one warning of an origin in `per_origin`, `most_warnings` of all in that time, the
/// others as one sum; `most_watched` origins in trouble at once.
///
/// Pure, told of time, which never goes backwards.
class OriginWatch {
 public:
  static constexpr Duration calm_after = std::chrono::seconds(30);
  static constexpr Duration per_origin = std::chrono::minutes(1);
  static constexpr Duration given_up_after = std::chrono::hours(1);
  static constexpr std::size_t most_warnings = 20;
  static constexpr std::size_t most_watched = 1000;

  /// A line for the log.
  struct Line {
    bool is_warning = false;
    std::string text;
  };

  std::vector<Line> look(const OriginsHealth& health, TimePoint now);

 private:
  enum class State : std::uint8_t {
    suspected,  ///< in trouble since the last look
    untold,     ///< in trouble, and no warning was allowed yet
    told,       ///< in trouble, and the log says so
    calming,    ///< well since a moment, after the warning
    recovered,  ///< and the log says so; kept for the bound on warnings
  };
  struct Trouble {
    State state = State::suspected;
    Health health = Health::failing;  ///< the last one that was bad
    TimePoint began{};
    TimePoint last_bad{};              ///< of the last evidence of it
    TimePoint calm_since{};            ///< while calming
    std::optional<TimePoint> told_at;  ///< the last warning
  };

  void note_bad(const OriginHealth& one, TimePoint now);
  void advance_bad(const OriginHealth& one, Trouble& trouble, TimePoint now);
  void try_to_tell(const OriginHealth& one, Trouble& trouble, TimePoint now);
  bool may_warn(TimePoint now);
  void note_well(const std::string& origin, Trouble& trouble, const OriginHealth* known,
                 TimePoint now);
  void sum_up(TimePoint now);
  void forget_ended(TimePoint now);

  std::map<std::string, Trouble, std::less<>> troubles_;
  std::vector<Line> lines_;    ///< of the look that runs
  std::size_t too_many_ = 0;   ///< origins of this look that the bound on warnings leaves out
  std::size_t unwatched_ = 0;  ///< and that on those watched
  TimePoint minute_began_{};   ///< of the bound on all
  std::size_t warnings_ = 0;   ///< since then
  std::optional<TimePoint> summed_up_at_;
};

}  // namespace ccnproxy::admin
