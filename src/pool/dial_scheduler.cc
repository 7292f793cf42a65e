#include "ccnproxy/pool/dial_scheduler.h"

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::pool {
namespace {

using State = PooledConnection::State;
using Phase = ExclusiveDials::Phase;

/// When too many dials of this worker are under way.
constexpr Duration dial_later = std::chrono::milliseconds(20);
/// What is to be ready ahead of need looks for room again after this.
constexpr Duration look_for_room_again = std::chrono::seconds(1);

}  // namespace

DialNeed DialScheduler::need() {
  DialNeed need;
  auto& budget = history_.budget();
  need.waiting = queue_.size();
  if (need.waiting == 0 && !exclusive_.any(Phase::waiting)) budget.on_queue_empty();
  need.dialing = connections_.count(State::connecting);
  need.open = connections_.staying();
  need.leaving = connections_.count(State::ready) + connections_.count(State::busy) - need.open;
  need.wanted = demand_.wanted_ahead();
  need.protocol = env_.known().protocol();
  need.streams_each = demand_.streams_each();
  need.max_connections = env_.settings->max_connections;
  need.failing = history_.back_off().failing();
  need.held_back = history_.back_off().holds(env_.now());
  if (need.failing) {
    need.on_trial = connections_.count_open([](const auto& c) { return c.trial.open; }) +
                    exclusive_.count(Phase::on_trial);
  }
  need.answers_dials = need.protocol || answers_;
  need.exclusive_waiting = exclusive_.count(Phase::waiting);
  if (need.failing || !need.answers_dials)
    need.exclusive_dialing = exclusive_.count(Phase::dialing);
  need.for_waiting = budget.for_waiting(env_.now(), need.failing);
  need.for_readiness = budget.ahead(env_.now(), need.wanted);
  need.of_worker = *env_.context.worker->dials;
  need.apart = demand_.waiting_apart();
  return need;
}

void DialScheduler::start() {
  const bool any_exclusive = exclusive_.any(Phase::waiting);
  const bool exclusive_first =
      any_exclusive && (queue_.empty() || exclusive_.waiting_since() < queue_.front().since());
  if (exclusive_first) start_exclusive();
  start_pooled();
  if (!exclusive_first && exclusive_.any(Phase::waiting)) start_exclusive();
}

void DialScheduler::start_pooled() {
  const auto need = this->need();
  const auto cause = need.waiting > 0   ? observe::DialCause::request
                     : need.leaving > 0 ? observe::DialCause::replace
                                        : observe::DialCause::warm;
  for (auto n = dials_to_start(need); n > 0; --n) {
    const auto start = start_one(cause);
    if (start == Start::no_room) wait_for_room(n, cause);
    if (start != Start::begun) break;
    if (need.waiting > 0)
      history_.budget().on_dial_for_waiting(need.failing);
    else
      history_.budget().on_dial_ahead();
  }
  plan_next(need);
}

void DialScheduler::start_exclusive() {
  while (exclusive_.any(Phase::waiting)) {
    const auto need = this->need();
    if (exclusive_dials_to_start(need) == 0) return plan_next(need);
    if (exclusive_.begin_next(env_.now()))
      history_.budget().on_dial_for_waiting(need.failing);
    else
      history_.budget().on_put_off();
  }
}

DialScheduler::Start DialScheduler::start_one(observe::DialCause cause) {
  auto lease = env_.room().take(purpose_of(cause));
  if (!lease) return Start::no_room;
  if (!connections_.take_place(env_.settings->max_connections)) return Start::at_limit;
  auto& c = connections_.add(std::make_unique<PooledConnection>(
      owner_, env_.dialer, env_.now(), env_.random() & 0xff, cause, std::move(lease)));
  env_.dialer->offer_only_http1(env_.known().requires_http1(env_.now()));
  streams_.tell();
  c.begin_dial();
  return Start::begun;
}

/// When more may begin than could now, if it is time alone that they wait for.
void DialScheduler::plan_next(const DialNeed& need) {
  const auto now = env_.now();
  if (need.waiting + need.exclusive_waiting > 0 && need.for_waiting == 0)
    check_.plan(history_.budget().next_try(now));
  if (need.waiting > 0) return;
  if (need.wanted > need.open + need.dialing) {
    if (need.of_worker >= most_dials_of_a_worker) check_.plan(now + dial_later);
    if (need.for_readiness == 0) check_.plan(history_.budget().next_ahead(now, need.wanted));
  }
}

ConnectionBudget::For DialScheduler::purpose_of(observe::DialCause cause) const noexcept {
  using For = ConnectionBudget::For;
  if (cause == observe::DialCause::request) return For::request;
  return demand_.kept_for_ever() ? For::kept : For::ahead;
}

/// A connection ahead of need makes no other go: it is opened once there is room.
void DialScheduler::wait_for_room(std::size_t connections, observe::DialCause cause) {
  const auto purpose = purpose_of(cause);
  if (purpose == ConnectionBudget::For::ahead) return check_.plan(env_.now() + look_for_room_again);
  if (purpose == ConnectionBudget::For::request) no_room_at_ = env_.now();
  env_.room().want(*this, connections, purpose);
}

void DialScheduler::on_room() {
  if (!queue_.empty() || demand_.keep_ready()) start();
}

void DialScheduler::on_no_descriptor(PooledConnection& c, const Error& error) {
  const auto cause = c.cause;
  connections_.close(c);
  env_.decide("not dialled: " + error.detail);
  env_.room().note_exhausted();
  if (!queue_.empty()) return wait_for_room(1, observe::DialCause::request);
  wait_for_room(1, cause == observe::DialCause::request ? observe::DialCause::warm : cause);
}

Error DialScheduler::no_room() const {
  const auto limit = env_.room().budget()->limit();
  const bool bounded = limit != ConnectionBudget::no_limit;
  return env_.no_connection("no room for a connection in time: " +
                            (bounded ? "all " + std::to_string(limit) : std::string("all")) +
                            " that this process may hold to origins are in use "
                            "(limits.origin_connections, or the limit of open files)");
}

Error DialScheduler::none_in_time(const StreamWaiter& waiter) const {
  const auto& failure = history_.last_failure();
  if (waiter.is_bounded_by_dial() && failure) return *failure;
  if (no_room_at_ >= waiter.since()) return no_room();
  const auto most = env_.settings->max_connections;
  return env_.no_connection(
      "no connection became free within " + time_text(env_.queue_deadline) +
      (most > 0 ? " (pool.max_connections is " + std::to_string(most) + ")" : ""));
}

}  // namespace ccnproxy::pool
