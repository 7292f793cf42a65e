#pragma once

#include "ccnproxy/pool/back_off.h"

namespace ccnproxy::pool {

/// Whether an origin is worth a connection that offers HTTP/1.1 alone, which an upgrade needs. One
/// that speaks HTTP/2 alone ends each such handshake with an alert (RFC 7301 §3.2): its refusals
/// are remembered for as long as BackOff says, and one connection at a time asks again. They are
/// kept apart from failures, since all other dials to the origin may be well. Pure, told of time.
class Http1Refusals {
 public:
  bool expects_refusal(TimePoint now) const noexcept { return back_off_.holds(now); }
  /// A connection asks for it. Until it has been given, this one counts as refused.
  void on_asked(TimePoint now, std::uint32_t random) {
    if (back_off_.failing()) back_off_.on_failure(now, random);
  }
  void on_refused(TimePoint now, std::uint32_t random) {
    if (!back_off_.failing()) back_off_.on_failure(now, random);
  }
  void on_spoken() { back_off_.on_success(); }
  /// When it may be asked again.
  TimePoint next() const noexcept { return back_off_.next(); }

 private:
  BackOff back_off_;
};

}  // namespace ccnproxy::pool
