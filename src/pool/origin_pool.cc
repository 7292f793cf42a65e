// Lending streams, and the queue of those who wait for one. How connections are kept ready is in
// origin_pool_upkeep.cc.

#include "ccnproxy/pool/origin_pool.h"

#include <cassert>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/pool/readiness_policy.h"

namespace ccnproxy::pool {
namespace {

/// After so long without a request, TCP has forgotten how wide its windows were (RFC 5681 §4.1).
constexpr Duration window_forgotten = std::chrono::milliseconds(300);

}  // namespace

void StreamWaiter::leave_queue() noexcept {
  if (is_linked()) unlink();
  if (auto* counted = std::exchange(counted_, nullptr)) counted->give_back_waiting();
}

OriginPool::OriginPool(origin::Origin origin, std::shared_ptr<const config::Pool> settings,
                       Duration queue_deadline, std::shared_ptr<origin::Dialer> dialer,
                       PoolContext context)
    : origin_(std::move(origin)),
      settings_(std::move(settings)),
      queue_deadline_(queue_deadline),
      dialer_(std::move(dialer)),
      context_(std::move(context)),
      check_timer_(context_.worker->timers, Delegate<void()>::to<&OriginPool::check>(this)),
      retry_budget_(now()),
      peak_(now(), settings_->keep_warm),
      bulk_peak_(now(), settings_->keep_warm),
      last_used_(now()),
      dns_checked_(now()) {
  take_lessons();
}

OriginPool::~OriginPool() {
  assert(waiters_.empty());
  // Else it is so already, or the next pool of the same origin has made it true.
  if (!list(State::ready).empty()) context_.shared->set_ready(context_.worker->index, false);
  *context_.worker->dials -= list(State::connecting).size();
  for (auto& connections : lists_) {
    while (!connections.empty()) {
      if (connections.front().state_ != State::draining)
        context_.shared->give_back_connection(context_.worker->index);
      connections.pop_front_and_dispose(std::default_delete<PooledConnection>());
    }
  }
}

void OriginPool::acquire(StreamWaiter& waiter, std::uint64_t avoid, bool bulk) {
  last_used_ = now();
  given_up_ = false;
  used_here_ = true;
  catch_up();
  if (uses_http2() && requires_http1()) leave_http2();
  waiter.avoid_ = avoid;
  waiter.bulk_ = bulk;
  waiter.apart_until_ = bulk ? may_wait_until() : TimePoint();
  auto* c = serving_ ? nullptr : find_place(waiter);  // those who wait can use none that is ready
  if (c) {
    lend(*c, waiter, observe::WaitResult::ready);
  } else {
    wait(waiter);
  }
  note_demand();
  if (bulk) note_bulk_demand();
}

PooledConnection* OriginPool::find_place(const StreamWaiter& waiter) {
  return waits_apart(waiter) ? find_apart(waiter.avoid_) : find_ready(waiter.avoid_);
}

void OriginPool::wait(StreamWaiter& waiter) {
  if (!context_.shared->take_waiting(settings_->max_pending)) {
    return waiter.on_no_connection(too_many_pending());
  }
  waiter.counted_ = context_.shared.get();
  waiter.since_ = last_used_;
  waiter.deadline_ = last_used_ + queue_deadline_;
  waiters_.push_back(waiter);
  budget_.on_wait();
  plan_check(waiter.deadline_);
  start_dials();
  if (!waits_apart(waiter)) return;
  plan_check(waiter.apart_until_);
  if (list(State::connecting).empty()) share_at_last(TimePoint::max());
}

Error OriginPool::too_many_pending() const {
  return no_connection("too many requests wait for a connection (pool.max_pending is " +
                       std::to_string(settings_->max_pending) + ")");
}

Error OriginPool::no_connection(std::string_view why) const {
  return {ErrorType::connection_limit_reached, Side::us, Phase::queue, Proof::not_sent,
          origin_.to_string() + ": " + std::string(why)};
}

std::optional<std::size_t> OriginPool::better_worker() {
  if (!list(State::ready).empty()) return std::nullopt;
  auto other = context_.shared->ready_elsewhere(context_.worker->index);
  if (!other) {
    const bool none_here = list(State::connecting).empty() && list(State::busy).empty();
    if (!none_here || settings_->max_connections == 0) return std::nullopt;
    return context_.shared->open_elsewhere(
        context_.worker->index);  // it may hold all that is allowed
  }
  const auto handed = context_.shared->note_handed(context_.worker->index, now());
  if (handed == SharedOrigin::handed_worth_a_connection) {
    decide("many requests go to another worker: connections of our own");
    last_used_ = now();
    given_up_ = false;
    used_here_ = true;
    upkeep();
  }
  return other;
}

PlacementFacts OriginPool::facts_of(const PooledConnection& c) const {
  PlacementFacts facts;
  facts.streams = c.connection_->streams();
  const bool fresh = c.life_.in_use || now() - c.life_.last_used < window_forgotten;
  if (fresh) facts.received = c.connection_->received_bytes() - c.idle_at_bytes_;
  facts.mean_bytes = known().mean_answer();
  facts.bulk = c.bulk_ > 0;
  facts.overdue =
      now() < c.overdue_until_ && c.connection_->received_bytes() == c.overdue_at_bytes_;
  if (is_far()) facts.shared_by = shared_by();
  facts.leaving = !c.leaving_.empty() || is_doubted(c);
  return facts;
}

/// The best place among the connections that take a request now; of equals the one that became
/// ready last. HTTP/1.1: simply that one, unless it will be replaced: it is the one least likely to
/// be closed by the origin.
PooledConnection* OriginPool::find_ready(std::uint64_t avoid) {
  if (context_.shares) return find_share(avoid);
  auto& ready = list(State::ready);
  const auto moment = now();
  PooledConnection* best = nullptr;
  std::int64_t best_score = 0;
  for (auto& c : ready) {
    if (c.connection_->info().serial == avoid || c.connection_->capacity() == 0) continue;
    if (moment >= c.lendable_until_) continue;
    const bool stays = c.leaving_.empty() && !is_doubted(c);
    if (c.connection_->info().protocol == origin::Protocol::http1 && stays) return &c;
    const auto s = ready.size() == 1 ? 0 : placement_score(facts_of(c));
    if (!best || s > best_score) {
      best = &c;
      best_score = s;
    }
  }
  return best;
}

void OriginPool::lend(PooledConnection& c, StreamWaiter& waiter, observe::WaitResult found) {
  ++metrics_.waits[static_cast<std::size_t>(found)];
  place(c, waiter, found);
}

void OriginPool::place(PooledConnection& c, StreamWaiter& waiter, observe::WaitResult found) {
  const auto moment = now();
  if (!c.life_.in_use && moment - c.life_.last_used >= window_forgotten)
    c.idle_at_bytes_ = c.connection_->received_bytes();
  c.life_.last_used = moment;
  c.life_.in_use = true;
  if (++c.life_.requests == unproven_after) turned_unproven_ = true;
  if (c.life_.requests == 1 && c.cause_ != observe::DialCause::request) budget_.on_first_use();
  if (context_.shares) c.load_->last_given = ++shared_out_;
  if (waiter.bulk_) ++c.bulk_;
  waiter.leave_queue();
  waiter.on_connection(*c.connection_, found);
  if (c.state_ != State::closed) transition(c, state_of(c));
  // One of HTTP/1.1 takes no other request before this one is over.
  if (c.life_.requests >= most_requests_ && spoken_ == origin::Protocol::http2) end_if_used_up(c);
}

void OriginPool::serve_waiters() {
  if (std::exchange(serving_, true)) return;  // a waiter that is served may free or ask for more
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    auto* c = find_place(*it);
    if (!c && !it->avoid_ && !waits_apart(*it)) break;
    StreamWaiter& waiter = *it;
    if (!c) {
      ++it;
      continue;
    }
    const bool dialed = c->life_.requests == 0 && c->cause_ == observe::DialCause::request;
    lend(*c, waiter, dialed ? observe::WaitResult::dialed : observe::WaitResult::waited);
    it = waiters_.begin();
  }
  serving_ = false;
  start_dials();
  if (draining_) drain_connections();
}

/// Those who waited when the dial began. Who came later deserves a dial of its own: the origin may
/// have come back.
void OriginPool::fail_waiters(const Error& error, TimePoint dial_began) {
  auto later = waiters_.begin();
  while (later != waiters_.end() && later->since_ <= dial_began) ++later;
  Waiters failed;  // a waiter that hears of it may ask again
  failed.splice(failed.begin(), waiters_, waiters_.begin(), later);
  while (!failed.empty()) {
    StreamWaiter& waiter = failed.front();
    waiter.leave_queue();
    waiter.on_no_connection(error);
  }
}

void OriginPool::expire_waiters(TimePoint now) {
  while (!waiters_.empty() &&
         waiters_.front().deadline_ <= now) {  // in order of arrival, so of deadline
    StreamWaiter& waiter = waiters_.front();
    waiter.leave_queue();
    waiter.on_no_connection(none_in_time(waiter));
  }
}

bool OriginPool::is_ready() const noexcept {
  return !list(State::ready).empty() || !list(State::busy).empty();
}

bool OriginPool::empty() const noexcept {
  for (const auto& connections : lists_) {
    if (!connections.empty()) return false;
  }
  return waiters_.empty() && users_ == 0;
}

std::size_t OriginPool::count(State state) const noexcept { return list(state).size(); }

OriginPool::State OriginPool::state_of(const PooledConnection& c) const {
  if (!c.connection_) return State::connecting;
  if (c.connection_->is_draining()) return State::draining;
  return c.connection_->capacity() > 0 ? State::ready : State::busy;
}

/// The only place where a connection changes its state.
void OriginPool::transition(PooledConnection& c, State to) {
  if (c.state_ == to) return;
  if (c.state_ == State::connecting) --*context_.worker->dials;
  auto& from = list(c.state_);
  from.erase(from.iterator_to(c));
  const auto counts = [](State s) { return s != State::draining && s != State::closed; };
  if (counts(c.state_) && !counts(to))
    context_.shared->give_back_connection(context_.worker->index);
  c.state_ = to;
  if (to == State::closed) {
    context_.worker->retire(std::unique_ptr<Retired>(&c));
  } else {
    list(to).push_front(c);
  }
  context_.shared->set_ready(context_.worker->index, !list(State::ready).empty());
}

}  // namespace ccnproxy::pool
