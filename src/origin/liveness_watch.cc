#include "ccnproxy/origin/liveness_watch.h"

namespace ccnproxy::origin {

LivenessFacts LivenessWatch::facts(TimePoint now) {
  LivenessFacts facts;
  facts.silent = now - heard_;
  facts.probed = probed_;
  facts.suspicious = suspicious_;
  if (facts.silent < times_.suspect) return facts;
  facts.path = watched_.path_state();
  if (ping_end_ && !ping_arrived_ && facts.path.acknowledged >= *ping_end_) ping_arrived_ = now;
  if (ping_arrived_) facts.ping_arrived = now - *ping_arrived_;
  return facts;
}

void LivenessWatch::look() {
  if (!watched_.awaits_answer() && !suspicious_) return;
  const auto now = loop_.now();
  switch (liveness_step(facts(now), times_)) {
    case LivenessStep::wait:
      timer_.set(std::max(heard_ + times_.probe, now + times_.answer));
      break;
    case LivenessStep::probe:
      if (!std::exchange(probed_, true) && watched_.can_ping()) watched_.ping();
      timer_.set(heard_ + times_.suspect);
      break;
    case LivenessStep::suspect:
      timer_.set(std::max(heard_ + times_.stalled, now + times_.answer / 2));
      if (!std::exchange(suspicious_, true)) watched_.on_suspicion();
      break;
    case LivenessStep::give_way:
      timer_.set(now + times_.stalled);
      watched_.on_stalled();
      break;
  }
}

}  // namespace ccnproxy::origin
