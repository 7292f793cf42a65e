#include "ccnproxy/pool/origin_pool.h"

#include <cassert>

#include "ccnproxy/pool/dial_policy.h"

namespace ccnproxy::pool {

void PooledConnection::on_dialed(origin::DialResult result) {
  pool_.on_dialed(*this, std::move(result));
}
void PooledConnection::on_capacity(origin::OriginConnection&) { pool_.on_capacity(*this); }
void PooledConnection::on_closed(origin::OriginConnection&, std::string_view) {
  pool_.on_closed(*this);
}

OriginPool::OriginPool(origin::Origin origin, config::Pool settings, Duration queue_deadline,
                       std::unique_ptr<origin::Dialer> dialer, PoolContext context)
    : origin_(std::move(origin)),
      settings_(settings),
      queue_deadline_(queue_deadline),
      dialer_(std::move(dialer)),
      context_(std::move(context)),
      check_timer_(context_.timers, Delegate<void()>::to<&OriginPool::check>(this)),
      retry_budget_(context_.timers.clock().now()),
      last_used_(context_.timers.clock().now()) {}

OriginPool::~OriginPool() {
  assert(waiters_.empty());
  for (auto& connections : lists_)
    connections.clear_and_dispose(std::default_delete<PooledConnection>());
}

void OriginPool::acquire(StreamWaiter& waiter, std::uint64_t avoid) {
  last_used_ = context_.timers.clock().now();
  if (!serving_) {  // those who wait can use none of the connections that are ready
    if (auto* c = find_ready(avoid)) return lend(*c, waiter, false);
  }
  if (waiters_.size() >= settings_.max_pending) {
    return waiter.on_no_connection(
        {ErrorType::connection_limit_reached, Side::us, Phase::queue, Proof::not_sent,
         origin_.to_string() + ": too many requests wait for a connection (pool.max_pending)"});
  }
  waiter.avoid_ = avoid;
  waiter.deadline_ = last_used_ + queue_deadline_;
  waiters_.push_back(waiter);
  plan_check(waiter.deadline_);
  dial_for_demand();
}

void OriginPool::drain() {
  draining_ = true;
  drain_connections();
}

/// Once nobody waits any more: who waited when the drain began is still served (F100).
void OriginPool::drain_connections() {
  if (!waiters_.empty()) return;
  for (const auto state : {State::ready, State::busy}) {
    while (!list(state).empty()) {
      auto& c = list(state).front();
      c.connection_->drain("shutting down");
      transition(c, State::draining);
    }
  }
}

bool OriginPool::empty() const noexcept {
  for (const auto& connections : lists_) {
    if (!connections.empty()) return false;
  }
  return waiters_.empty();
}

std::size_t OriginPool::count(State state) const noexcept { return list(state).size(); }

/// The newest ready connection that has carried a request lately: for HTTP/1.1 the one least likely
/// to be closed by the origin, for HTTP/2 the one that is being filled, so that its requests share
/// packets.
PooledConnection* OriginPool::find_ready(std::uint64_t avoid) {
  for (auto& c : list(State::ready)) {
    if (c.connection_->info().serial != avoid && c.connection_->capacity() > 0) return &c;
  }
  return nullptr;
}

void OriginPool::lend(PooledConnection& c, StreamWaiter& waiter, bool waited) {
  c.life_.last_used = context_.timers.clock().now();
  c.life_.in_use = true;
  waiter.on_connection(*c.connection_, waited);
  if (c.state_ != State::closed) transition(c, state_of(c));
}

void OriginPool::serve_waiters() {
  if (std::exchange(serving_, true)) return;  // a waiter that is served may free or ask for more
  for (auto it = waiters_.begin(); it != waiters_.end();) {
    auto* c = find_ready(it->avoid_);
    if (!c && !it->avoid_) break;
    StreamWaiter& waiter = *it;
    if (!c) {
      ++it;
      continue;
    }
    waiters_.erase(it);
    lend(*c, waiter, true);
    it = waiters_.begin();
  }
  serving_ = false;
  dial_for_demand();
  if (draining_) drain_connections();
}

void OriginPool::dial_for_demand() {
  const DialDemand demand{waiters_.size(),
                          list(State::connecting).size(),
                          list(State::ready).size() + list(State::busy).size(),
                          protocol_,
                          streams_each_,
                          settings_.max_connections};
  for (auto n = dials_to_start(demand); n > 0; --n) start_dial();
}

void OriginPool::start_dial() {
  auto* c = new PooledConnection(*this, context_.timers.clock().now(), context_.random() & 0xff);
  list(State::connecting).push_back(*c);
  c->dial_ =
      dialer_->dial(*c, Delegate<void(origin::DialResult)>::to<&PooledConnection::on_dialed>(c));
}

void OriginPool::on_dialed(PooledConnection& c, origin::DialResult result) {
  context_.retire(std::move(c.dial_));
  if (!result) {
    transition(c, State::closed);
    // With a connection open or on its way those who wait still have hope; the queue's deadline
    // bounds it.
    const bool hope = !list(State::connecting).empty() || !list(State::ready).empty() ||
                      !list(State::busy).empty();
    if (!hope) fail_waiters(result.error());
    return;
  }
  c.connection_ = std::move(*result);
  c.life_.opened = c.life_.last_used = context_.timers.clock().now();
  protocol_ = c.connection_->info().protocol;
  streams_each_ = std::max<std::size_t>(1, c.connection_->capacity());
  transition(c, state_of(c));
  plan_check(next_check(c.life_, {settings_.max_age, settings_.keep_warm}));
  serve_waiters();
}

void OriginPool::on_capacity(PooledConnection& c) {
  const bool in_use = c.connection_->streams() > 0;
  if (c.life_.in_use && !in_use) {
    c.life_.last_used = context_.timers.clock().now();
    plan_check(c.life_.last_used + settings_.keep_warm);
  }
  c.life_.in_use = in_use;
  transition(c, state_of(c));
  if (!waiters_.empty()) serve_waiters();
}

void OriginPool::on_closed(PooledConnection& c) {
  transition(c, State::closed);
  if (!waiters_.empty()) dial_for_demand();
}

OriginPool::State OriginPool::state_of(const PooledConnection& c) const {
  if (!c.connection_) return State::connecting;
  if (c.connection_->is_draining()) return State::draining;
  return c.connection_->capacity() > 0 ? State::ready : State::busy;
}

/// The only place where a connection changes its state.
void OriginPool::transition(PooledConnection& c, State to) {
  if (c.state_ == to) return;
  auto& from = list(c.state_);
  from.erase(from.iterator_to(c));
  c.state_ = to;
  if (to == State::closed) {
    context_.retire(std::unique_ptr<Retired>(&c));
  } else {
    list(to).push_front(c);
  }
}

void OriginPool::fail_waiters(const Error& error) {
  Waiters failed;  // a waiter that hears of it may ask again
  failed.swap(waiters_);
  while (!failed.empty()) {
    StreamWaiter& waiter = failed.front();
    failed.pop_front();
    waiter.on_no_connection(error);
  }
}

void OriginPool::plan_check(TimePoint at) {
  if (!check_timer_.armed() || at < check_timer_.deadline()) check_timer_.set(at);
}

void OriginPool::check() {
  const auto now = context_.timers.clock().now();
  expire_waiters(now);
  retire_old(now);
}

void OriginPool::expire_waiters(TimePoint now) {
  while (!waiters_.empty() &&
         waiters_.front().deadline_ <= now) {  // in order of arrival, so of deadline
    StreamWaiter& waiter = waiters_.front();
    waiters_.pop_front();
    waiter.on_no_connection({ErrorType::connection_limit_reached, Side::us, Phase::queue,
                             Proof::not_sent,
                             origin_.to_string() + ": no connection became free in time"});
  }
  if (!waiters_.empty()) plan_check(waiters_.front().deadline_);
}

void OriginPool::retire_old(TimePoint now) {
  const RetirementLimits limits{settings_.max_age, settings_.keep_warm};
  for (const auto state : {State::ready, State::busy}) {
    for (auto it = list(state).begin(); it != list(state).end();) {
      auto& c = *it++;
      if (const auto reason = reason_to_retire(c.life_, limits, now)) {
        c.connection_->drain(*reason);
        transition(c, state_of(c));
      } else {
        plan_check(next_check(c.life_, limits));
      }
    }
  }
}

}  // namespace ccnproxy::pool
