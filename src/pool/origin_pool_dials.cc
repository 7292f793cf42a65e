// When a pool dials, and whether its dials have succeeded.

#include "ccnproxy/pool/dial_policy.h"
#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/pool/trial_policy.h"

namespace ccnproxy::pool {
namespace {

/// When too many dials of this worker are under way.
constexpr Duration dial_later = std::chrono::milliseconds(20);

}  // namespace

DialNeed OriginPool::dial_need() {
  DialNeed need;
  need.waiting = waiters_.size();
  if (need.waiting == 0 && exclusive_waiting_.empty()) budget_.on_queue_empty();
  need.dialing = list(State::connecting).size();
  need.open = staying();
  need.leaving = list(State::ready).size() + list(State::busy).size() - need.open;
  need.wanted = wanted_ahead();
  need.protocol = known().protocol();
  need.streams_each = std::min<std::size_t>(known().streams_each(), most_requests_);
  need.max_connections = settings_->max_connections;
  need.failing = back_off_.failing();
  need.held_back = back_off_.holds(now());
  if (need.failing) need.on_trial = on_trial();
  need.answers_dials = need.protocol || answers_exclusive_;
  need.exclusive_waiting = exclusive_waiting_.size();
  if (need.failing || !need.answers_dials) need.exclusive_dialing = exclusive_dialing_.size();
  need.for_waiting = budget_.for_waiting(now(), need.failing);
  need.for_readiness = budget_.ahead(now(), need.wanted);
  need.of_worker = *context_.worker->dials;
  need.apart = waiting_apart();
  return need;
}

/// In order of arrival: where but one dial may begin, it is for what has waited longest.
void OriginPool::start_dials() {
  const bool exclusive_first =
      !exclusive_waiting_.empty() &&
      (waiters_.empty() || exclusive_waiting_.front().since_ < waiters_.front().since_);
  if (exclusive_first) start_exclusive_dials();
  start_pooled_dials();
  if (!exclusive_first && !exclusive_waiting_.empty()) start_exclusive_dials();
}

void OriginPool::start_pooled_dials() {
  const auto need = dial_need();
  const auto cause = need.waiting > 0   ? observe::DialCause::request
                     : need.leaving > 0 ? observe::DialCause::replace
                                        : observe::DialCause::warm;
  for (auto n = dials_to_start(need); n > 0; --n) {
    const auto start = start_dial(cause);
    if (start == DialStart::no_room) wait_for_room(n, cause);
    if (start != DialStart::begun) break;
    if (need.waiting > 0)
      budget_.on_dial_for_waiting(need.failing);
    else
      budget_.on_dial_ahead();
  }
  plan_next_dial(need);
}

OriginPool::DialStart OriginPool::start_dial(observe::DialCause cause) {
  auto lease = room().take(purpose_of(cause));
  if (!lease) return DialStart::no_room;
  if (!context_.shared->take_connection(context_.worker->index, settings_->max_connections))
    return DialStart::at_limit;
  auto* c = new PooledConnection(*this, dialer_, now(), context_.worker->random() & 0xff, cause,
                                 std::move(lease));
  list(State::connecting).push_back(*c);
  ++*context_.worker->dials;
  dialer_->offer_only_http1(requires_http1());
  tell_streams();
  c->dial_ =
      dialer_->dial(*c, Delegate<void(origin::DialResult)>::to<&PooledConnection::on_dialed>(c));
  return DialStart::begun;
}

/// When more may begin than could now, if it is time alone that they wait for.
void OriginPool::plan_next_dial(const DialNeed& need) {
  const auto moment = now();
  if (need.waiting + need.exclusive_waiting > 0 && need.for_waiting == 0)
    plan_check(budget_.next_try(moment));
  if (need.waiting > 0) return;
  if (need.wanted > need.open + need.dialing) {
    if (need.of_worker >= most_dials_of_a_worker) plan_check(moment + dial_later);
    if (need.for_readiness == 0) plan_check(budget_.next_ahead(moment, need.wanted));
  }
}

void OriginPool::on_dialed(PooledConnection& c, origin::DialResult result) {
  context_.worker->retire(std::move(c.dial_));
  if (result) {
    if (context_.shares) c.load_ = load_of((*result)->info().address);
    c.connection_ = std::move(*result);
    return on_connected(c);
  }
  if (origin::is_lack_of_descriptors(result.error())) return on_no_descriptor(c, result.error());
  const auto began = c.trial_.began;
  transition(c, State::closed);
  if (result.error().type == ErrorType::tls_alert_received && requires_http1())
    forget_http1_requirement();
  on_failed_dial(began, result.error());
}

void OriginPool::on_failed_dial(TimePoint began, const Error& error) {
  note_failure(began, error);
  share_at_last(TimePoint::max());
  // With a dial on its way requests still have hope, those of the pool's queue with a connection
  // open, too; the queue's deadline bounds it.
  if (!list(State::connecting).empty() || !exclusive_dialing_.empty()) return;
  const bool open = is_ready();
  fail_exclusive(error, began);
  if (!open) fail_waiters(error, began);
  if ((!open && !waiters_.empty()) || !exclusive_waiting_.empty()) start_dials();
}

void OriginPool::note_failure(TimePoint began, const Error& error) {
  ++metrics_.failed_dials;
  if (back_off_.knows_of(began)) {
    back_off_.on_failed_together();
  } else {
    const bool lasts = error.type == ErrorType::destination_ip_prohibited;
    lasts ? back_off_.on_lasting_failure(now(), context_.worker->random())
          : back_off_.on_failure(now(), context_.worker->random());
  }
  trouble().last_failure = error.detail;
  decide("dial failed: " + error.detail);
  plan_check(back_off_.next());
}

/// Connections that stand, while it is not known of their dials whether they have succeeded.
std::size_t OriginPool::on_trial() const {
  std::size_t n = 0;
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& c : list(state)) n += c.trial_.open ? 1 : 0;
  }
  return n + exclusive_on_trial_.size();
}

/// `gone`: it takes no more requests and has none. Says whether other dials may begin for that.
bool OriginPool::judge(PooledConnection& c, bool gone) {
  const bool by_origin = !c.ended_by_us_ && !c.connection_->is_given_up();
  return judge(c.trial_, *c.connection_, by_origin, gone);
}

/// `by_origin`: if it goes, that is the origin's doing.
bool OriginPool::judge(DialTrial& trial, const origin::OriginConnection& connection, bool by_origin,
                       bool gone) {
  if (!trial.open) return false;
  const auto age = now() - trial.connected;
  const auto answers = connection.answers();
  if (connection.is_draining() && by_origin && age < trial_time) trial.told = true;
  const auto verdict = verdict_of({age, answers, gone && by_origin, trial.told});
  return settle(trial, connection.info().address, verdict, answers > 0 && age < trial_time);
}

bool OriginPool::settle(DialTrial& trial, const std::string& address, Verdict verdict,
                        bool answered) {
  if (verdict == Verdict::open) return false;
  trial.open = false;
  if (verdict == Verdict::failed) {
    on_trial_failed(trial.began, address);
    return true;
  }
  // That one lives says nothing of the dials that came after it; an answer just now does.
  if (!back_off_.failing() || (!answered && back_off_.knows_of(trial.began))) return false;
  back_off_.on_success();
  budget_.on_success();
  if (trouble_) trouble_->last_failure.clear();
  return true;
}

void OriginPool::judge_all() {
  if (!back_off_.failing()) return;
  for (const auto state : {State::ready, State::busy}) {
    for (auto& c : list(state)) judge(c, false);
  }
  for (auto it = exclusive_on_trial_.begin(); it != exclusive_on_trial_.end();)
    judge(*it++, false);  // which may take it off the list
}

/// Requests that wait go on while there are tries left for them.
void OriginPool::on_trial_failed(TimePoint began, const std::string& address) {
  const Error error{
      ErrorType::connection_terminated, Side::origin, Phase::tls, Proof::not_sent,
      origin_.to_string() + " (" + address + "): the connection ended before its first answer"};
  note_failure(began, error);
  if (!list(State::connecting).empty() || !exclusive_dialing_.empty()) return;
  if (budget_.for_waiting(now(), true) > 0) return;
  fail_exclusive(error, began);
  if (!is_ready()) fail_waiters(error, began);
}

}  // namespace ccnproxy::pool
