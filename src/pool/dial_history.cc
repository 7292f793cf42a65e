#include "ccnproxy/pool/dial_history.h"

namespace ccnproxy::pool {

void DialHistory::note_failure(TimePoint began, const Error& error) {
  ++env_.metrics.failed_dials;
  if (back_off_.knows_of(began)) {
    back_off_.on_failed_together();
  } else {
    const bool lasts = error.type == ErrorType::destination_ip_prohibited;
    lasts ? back_off_.on_lasting_failure(env_.now(), env_.random())
          : back_off_.on_failure(env_.now(), env_.random());
  }
  last_failure_ = error;
  env_.decide("dial failed: " + error.detail);
  check_.plan(back_off_.next());
}

DialHistory::Outcome DialHistory::judge(DialTrial& trial,
                                        const origin::OriginConnection& connection, bool by_origin,
                                        bool gone) {
  if (!trial.open) return Outcome::none;
  const auto age = env_.now() - trial.connected;
  const auto answers = connection.answers();
  if (connection.is_draining() && by_origin && age < trial_time) trial.told = true;
  const auto verdict = verdict_of({age, answers, gone && by_origin, trial.told});
  return settle(trial, verdict, answers > 0 && age < trial_time);
}

DialHistory::Outcome DialHistory::settle(DialTrial& trial, Verdict verdict, bool answered) {
  if (verdict == Verdict::open) return Outcome::none;
  trial.open = false;
  if (verdict == Verdict::failed) return Outcome::failed;
  // That one lives says nothing of the dials that came after it; an answer just now does.
  if (!back_off_.failing() || (!answered && back_off_.knows_of(trial.began))) return Outcome::none;
  back_off_.on_success();
  budget_.on_success();
  last_failure_.reset();
  return Outcome::others_may;
}

void DialHistory::forget() {
  back_off_ = BackOff();
  last_failure_.reset();
}

}  // namespace ccnproxy::pool
