#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/pool/retirement_policy.h"

namespace ccnproxy::pool {

/// How a connection was when its origin ended it (FIN, GOAWAY, Connection: close).
struct OriginClose {
  Duration idle{};  ///< since its last request ended; 0 while one was in flight
  Duration age{};
  std::uint64_t requests = 0;  ///< that it carried; of a cut, only those that were answered
  bool cut = false;            ///< without a word, under a request
};

/// Learns from the ends that an origin gave to its connections at which idle age, age and number of
/// requests it does so. One end teaches nothing, since restarts and networks end connections too;
/// two that agree do. Ends within the same moment count once: a restart ends all at the same idle
/// age. What was made after an end that counted is no part of its moment, so that a steady series
/// is learnt at any rate (F124). Three cuts under requests within a minute say that connections are
/// not to be used for as long as that, even if no two of them agree. A connection that never
/// carried a request has an idle limit of its own (nginx waits 60 s for a first request, 75 s for
/// the next). What was learnt is forgotten after an hour, so that an origin that has changed is
/// given the chance to show it. Pure, told of time.
class LearnedLimits {
 public:
  LearnedLimits() = default;
  LearnedLimits(const LearnedLimits& other) { *this = other; }
  LearnedLimits& operator=(const LearnedLimits& other);

  /// Whether a limit was learnt by it, or confirmed.
  bool note(const OriginClose& close, TimePoint now);
  CloseLimits limits(TimePoint now) const;
  /// What a former process had learnt.
  void recall(const CloseLimits& limits, TimePoint now);

 private:
  /// The last two values seen of one kind, and what they agreed on.
  struct Lesson {
    double last = -1;
    std::optional<double> agreed;
    TimePoint agreed_at{};
    /// Whether it agrees with what was seen before.
    bool note(double value, double tolerance, TimePoint now);
    void believe(double value, TimePoint now);
    std::optional<double> value(TimePoint now) const;
  };
  struct Lessons {
    Lesson idle;    ///< seconds
    Lesson unused;  ///< seconds
    Lesson age;     ///< seconds
    Lesson requests;
    std::optional<TimePoint> last_close;
    TimePoint moment;  ///< when the last end came that counted
    std::uint32_t cuts = 0;
    TimePoint first_cut;
    double least_before_cut = 0;  ///< requests that a connection carried before
  };
  Lessons& lessons();
  bool is_new_moment(const OriginClose& close, TimePoint now);
  bool note_cut(const OriginClose& close, TimePoint now);

  std::unique_ptr<Lessons> lessons_;  ///< null: nothing was seen yet, as of most origins
};

/// The tighter of two.
CloseLimits tightest(const CloseLimits& a, const CloseLimits& b);

}  // namespace ccnproxy::pool
