#include "ccnproxy/origin/liveness_watch.h"

#include <algorithm>

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::origin {

LivenessFacts LivenessWatch::facts(TimePoint now) {
  LivenessFacts facts;
  facts.silent = now - heard_;
  facts.probed = probed_;
  facts.suspicious = suspicious_;
  if (!probed_) return facts;
  facts.path = watched_.path_state();
  if (ping_end_ && !ping_arrived_ && facts.path.acknowledged >= *ping_end_)
    ping_arrived_ = std::max(heard_, now - facts.path.since_ack);
  const auto arrived = ping_arrived_ ? ping_arrived_ : watched_.unanswered_since();
  if (arrived) facts.ping_arrived = now - *arrived;
  return facts;
}

void LivenessWatch::look() {
  if (!watched_.awaits_answer() && !suspicious_ && !checking_) return;
  const auto now = loop_.now();
  const auto after = times();
  switch (liveness_step(facts(now), after)) {
    case LivenessStep::wait:
      if (suspicious_ && !ping_end_) end_suspicion();
      timer_.set(std::max(heard_ + after.probe, ping_arrived_ ? *ping_arrived_ + after.answer
                                                : ping_end_   ? now + after.again
                                                              : now + after.answer));
      break;
    case LivenessStep::probe:
      if (std::exchange(probed_, true)) {
        timer_.set(std::min(heard_ + after.suspect, now + after.again));
        break;
      }
      timer_.set(heard_ + after.suspect);
      if (!watched_.can_ping()) break;
      watched_.ping();
      timer_.set(now + after.arrival);  // to know from when on an answer is due
      break;
    case LivenessStep::suspect:
      timer_.set(std::max(heard_ + after.stalled, now + after.answer / 2));
      if (!std::exchange(suspicious_, true)) watched_.on_suspicion();
      break;
    case LivenessStep::give_way:
      timer_.set(now + after.stalled);
      watched_.on_stalled();
      break;
  }
}

std::string LivenessWatch::silence_text() const {
  const auto silence = std::chrono::round<std::chrono::milliseconds>(loop_.now() - heard_);
  auto text = std::string(no_sign_of_life);
  text += " for ";
  text += time_text(silence);
  text +=
      ": its process hangs, or the path to it is broken; look there, no timeout of this "
      "proxy has passed";
  return text;
}

}  // namespace ccnproxy::origin
