#include "ccnproxy/origin/liveness_watch.h"

namespace ccnproxy::origin {

LivenessFacts LivenessWatch::facts(TimePoint now) {
  LivenessFacts facts;
  facts.silent = now - heard_;
  facts.probed = probed_;
  facts.suspicious = suspicious_;
  if (!probed_) return facts;
  facts.path = watched_.path_state();
  if (ping_end_ && !ping_arrived_ && facts.path.acknowledged >= *ping_end_) ping_arrived_ = now;
  const auto arrived = ping_arrived_ ? ping_arrived_ : watched_.unanswered_since();
  if (arrived) facts.ping_arrived = now - *arrived;
  return facts;
}

void LivenessWatch::look() {
  if (!watched_.awaits_answer() && !suspicious_ && !checking_) return;
  const auto now = loop_.now();
  switch (liveness_step(facts(now), times_)) {
    case LivenessStep::wait:
      if (suspicious_ && !ping_end_) end_suspicion();
      timer_.set(std::max(heard_ + times_.probe,
                          ping_arrived_ ? *ping_arrived_ + times_.answer : now + times_.answer));
      break;
    case LivenessStep::probe:
      timer_.set(heard_ + times_.suspect);
      if (std::exchange(probed_, true) || !watched_.can_ping()) break;
      watched_.ping();
      timer_.set(now + times_.arrival);  // to know from when on an answer is due
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
