#pragma once

#include <cstdint>
#include <string>

#include "ccnproxy/config/config.h"
#include "ccnproxy/net/timer.h"
#include "ccnproxy/proxy/min_rate_timer.h"

namespace ccnproxy::proxy {

/// The deadline of what a request in flight waits for. Nothing about a request has a limit in
/// total; everything has one on standing still.
class ProgressTimer {
 public:
  enum class Owed : std::uint8_t {
    nothing,        ///< here: others have deadlines of their own
    request_body,   ///< by the client, at `limits.min_rate` at least
    progress,       ///< by the origin: it takes a body, or sends one
    response_head,  ///< by the origin
    statistics,     ///< by the workers
  };

  ProgressTimer(TimerWheel& timers, Delegate<void()> on_due)
      : clock_(timers.clock()), timer_(timers, on_due) {}

  /// Another request is watched by these from now on.
  void set_limits(const config::Timeouts& timeouts, std::uint64_t min_rate) noexcept {
    body_idle_ = timeouts.body_idle;
    response_head_ = timeouts.response_head;
    min_rate_ = min_rate;
  }
  /// Something has moved, and this is waited for now.
  void watch(Owed owed);
  void client_sent(std::uint64_t bytes) noexcept { sending_.moved(clock_.now(), bytes); }
  void stop() { watch(Owed::nothing); }

  /// Asked when it is due: whether what is owed is late, or is to be waited for again.
  bool is_late();
  Owed owed() const noexcept { return owed_; }
  /// Since the last watch(), while something is owed by the origin.
  Duration stands_still_for() const;
  /// What is said of what is late.
  std::string text() const;

 private:
  Duration patience() const noexcept;

  const Clock& clock_;
  Timer timer_;
  Owed owed_ = Owed::nothing;
  MinRateTimer sending_;
  Duration body_idle_{0};
  Duration response_head_{0};
  std::uint64_t min_rate_ = 0;
};

}  // namespace ccnproxy::proxy
