// What holds for a pool, and what changes for its connections when that does.

#include "ccnproxy/pool/origin_pool.h"

#include "origin_pool_reasons.h"

namespace ccnproxy::pool {

void OriginPool::adopt(PoolTerms terms) {
  settings_ = std::move(terms.settings);
  queue_deadline_ = terms.queue_deadline;
  context_.timeouts = std::move(terms.timeouts);
  context_.tcp = std::move(terms.tcp);
  context_.hedging = std::move(terms.hedging);
  peak_.set_hold(settings_->keep_warm);
  bulk_peak_.set_hold(settings_->keep_warm);
  if (terms.barred && !barred_) decide("barred: the configuration allows it no more");
  barred_ = terms.barred;
  if (terms.dialer) {
    dialer_ = std::move(terms.dialer);
    streams_told_ = dialer_->stream_limit();
    terms.replace ? outdate_connections(terms.generation) : tell_streams();
  }
  end_prohibited();
  end_exclusive(terms.replace);
  check();
}

/// Dials under way would bring what is not wanted any more; those who wait get others. What was
/// learnt may be another place's.
void OriginPool::outdate_connections(std::uint64_t generation) {
  decide("the configuration has changed: other connections for those there are");
  while (!list(State::connecting).empty()) {
    auto& c = list(State::connecting).front();
    context_.worker->retire(std::move(c.dial_));
    transition(c, State::closed);
  }
  for (auto* c : open_connections()) {
    c->outdated_ = true;
    if (c->leaving_.empty()) c->leaving_ = configuration_changed;
  }
  outdated_until_ = now() + queue_deadline_;
  back_off_ = BackOff();
  http1_refusals_ = Http1Refusals();
  known().forget_lessons(generation);
  take_lessons();
  if (trouble_) trouble_->last_failure.clear();
}

/// Ends of some may be told at once, and change the lists.
std::vector<PooledConnection*> OriginPool::open_connections() {
  std::vector<PooledConnection*> all;
  for (const auto state : {State::ready, State::busy}) {
    for (auto& c : list(state)) all.push_back(&c);
  }
  return all;
}

void OriginPool::end_prohibited() {
  for (auto* c : open_connections()) {
    const bool open = c->state_ == State::ready || c->state_ == State::busy;
    if (open && dialer_->is_prohibited(c->connection_->info().address))
      end_connection(*c, prohibited_now);
  }
}

void OriginPool::end_outdated(TimePoint now) {
  if (!outdated_until_ || now < *outdated_until_) return;
  outdated_until_.reset();
  for (auto* c : open_connections()) {
    const bool open = c->state_ == State::ready || c->state_ == State::busy;
    if (open && c->outdated_) end_connection(*c, configuration_changed);
  }
}

void OriginPool::keep_for_ever() {
  for_ever_ = true;
  upkeep();
}

void OriginPool::keep_as_used() {
  if (std::exchange(for_ever_, false)) check();
}

}  // namespace ccnproxy::pool
