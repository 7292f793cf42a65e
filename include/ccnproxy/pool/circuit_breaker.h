#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/pool/breaker_report.h"

namespace ccnproxy::pool {

/// Stops requests to an origin that lets them time out, so that they fail at once instead of one
/// timeout later each. It opens after `breaker.failures` dials, or answers, in a row that did not
/// come in time; one request after `breaker.probe`, and after twice as long each time that it fails
/// up to `breaker.probe_max`, finds out whether the origin is back. What fails quickly, a refused
/// connection or a 500, costs no waiting and does not open it.
///
/// One for all workers; any thread. A request to an origin in good health reads one atomic.
class CircuitBreaker {
 public:
  using State = BreakerState;
  using Cause = BreakerCause;

  bool is_closed() const noexcept {
    return state_.load(std::memory_order_relaxed) ==
           State::closed;  // a hint: refuses() looks again
  }
  /// Nothing if a request may go to the origin; else how long until one may. The one that may when
  /// that time is over is a try: the next is admitted once it has had an answer, or after as long
  /// again. `has_connection`: it need not wait for a dial.
  std::optional<Duration> refuses(TimePoint now, bool has_connection);

  /// A dial or a request that began then has timed out. `random`: for the jitter, a quarter of the
  /// time until the next try. Whether it has just opened.
  bool on_timeout(Cause cause, TimePoint began, TimePoint now, std::uint32_t random,
                  const config::Breaker& terms);
  /// A dial was over in time, whether there is a connection or not. Whether it has just closed.
  bool on_dialed();
  /// The origin has answered a request, whatever it said. Whether it has just closed.
  bool on_answer();
  /// Nothing is held against the origin any more.
  void forget() { on_answer(); }

  BreakerReport report(TimePoint now) const;

 private:
  bool counts(Cause cause, TimePoint began) const;
  void open(TimePoint now, std::uint32_t random);
  void become(State state) { state_.store(state, std::memory_order_relaxed); }
  std::uint32_t& failures(Cause cause) { return failures_[static_cast<std::size_t>(cause)]; }
  bool begin_try(TimePoint now);
  bool close_after(Cause cause);

  std::atomic<State> state_{State::closed};  ///< written under mutex_
  std::atomic<bool> has_failures_{false};    ///< the same; whether on_answer() has to look
  mutable std::mutex mutex_;
  // guarded by mutex_
  Cause cause_ = Cause::dials;
  std::array<std::uint32_t, 2> failures_{};
  TimePoint failed_at_{};  ///< the last dial
  TimePoint opened_at_{};
  TimePoint tried_at_{};  ///< when the last try began: what began before it tells nothing new
  TimePoint next_{};
  Duration wait_{};  ///< between tries, before jitter
};

}  // namespace ccnproxy::pool
