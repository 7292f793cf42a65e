#include "ccnproxy/origin/liveness_watch.h"

namespace ccnproxy::origin {

void LivenessWatch::look() {
  if (!watched_.awaits_answer() && !suspicious_) return;
  const auto now = loop_.now();
  LivenessFacts facts;
  facts.silent = now - heard_;
  facts.probed = probed_;
  facts.pinged = pinged_;
  facts.suspicious = suspicious_;
  if (facts.silent >= times_.suspect) facts.path = watched_.path_state();
  switch (liveness_step(facts, times_)) {
    case LivenessStep::wait:
      timer_.set(std::max(heard_ + times_.probe, now + times_.probe / 2));
      break;
    case LivenessStep::probe:
      if (!probed_ && watched_.can_ping()) {
        pinged_ = true;
        watched_.ping();
      }
      probed_ = true;
      timer_.set(heard_ + times_.suspect);
      break;
    case LivenessStep::suspect:
      timer_.set(std::max(heard_ + times_.stalled, now + times_.probe / 4));
      if (!std::exchange(suspicious_, true)) watched_.on_suspicion();
      break;
    case LivenessStep::give_way:
      timer_.set(now + times_.stalled);
      watched_.on_stalled();
      break;
  }
}

}  // namespace ccnproxy::origin
