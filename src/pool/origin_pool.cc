#include "ccnproxy/pool/origin_pool.h"

#include <cassert>

#include "ccnproxy/pool/connection_report.h"

namespace ccnproxy::pool {
namespace {

using State = PooledConnection::State;

std::string why_not_kept(Duration unused) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(unused).count();
  return "the origin ends a connection that has had no request after " + std::to_string(ms) +
         " ms: it would be dialled again and again for none";
}

}  // namespace

// The parts hold references to each other; none is used before all are there.
OriginPool::OriginPool(origin::Origin origin, std::shared_ptr<const config::Pool> settings,
                       Duration queue_deadline, std::shared_ptr<origin::Dialer> dialer,
                       PoolContext context)
    : env_{std::move(origin),
           std::move(settings),
           queue_deadline,
           std::move(dialer),
           std::move(context),
           {},
           {}},
      check_(env_.context.worker->timers, Delegate<void()>::to<&Maintainer::check>(&maintainer_)),
      connections_(*env_.context.worker, *env_.context.shared),
      queue_(*env_.context.shared),
      usage_(env_.now()),
      suspicion_(connections_),
      lifetimes_(env_, connections_),
      protocol_(env_, connections_),
      path_(env_),
      bulk_(env_, connections_, queue_, protocol_),
      demand_(env_, connections_, queue_, usage_, lifetimes_, protocol_, path_, bulk_),
      shares_(connections_),
      placement_(env_, connections_, suspicion_, path_, shares_),
      events_(env_, connections_, queue_, usage_, lifetimes_, protocol_, path_, shares_, suspicion_,
              scheduler_, trials_, lender_, replacement_, maintainer_, check_),
      history_(env_, check_),
      gate_(env_, connections_, history_),
      exclusive_dials_(*env_.context.shared),
      scheduler_(env_, events_, connections_, queue_, exclusive_dials_, history_, demand_, check_),
      lender_(env_, connections_, queue_, placement_, shares_, lifetimes_, protocol_, history_,
              scheduler_, check_),
      trials_(env_, connections_, queue_, exclusive_dials_, history_, gate_, scheduler_, lender_,
              check_),
      replacement_(env_, connections_, demand_, lifetimes_, scheduler_, check_),
      idle_(env_, connections_, queue_, usage_, demand_, shares_, check_),
      maintainer_(env_, connections_, queue_, usage_, demand_, bulk_, lifetimes_, suspicion_,
                  history_, scheduler_, lender_, trials_, replacement_, idle_, check_),
      exclusive_(env_, exclusive_dials_, history_, gate_, scheduler_, trials_, idle_, maintainer_),
      retry_budget_(env_.now()) {}

OriginPool::~OriginPool() {
  assert(queue_.empty());
  connections_.clear();
}

void OriginPool::acquire(StreamWaiter& waiter, std::uint64_t avoid, bool bulk) {
  usage_.note_request(env_.now());
  if (auto refusal = gate_.refusal()) return waiter.on_no_connection(std::move(*refusal));
  maintainer_.catch_up();
  if (protocol_.uses_http2() && protocol_.requires_http1()) protocol_.leave_http2();
  StreamNeed need{avoid, bulk};
  if (bulk && !history_.back_off().failing() && !usage_.draining())
    need.apart_until = bulk_.may_wait_until();
  lender_.acquire(waiter, need);
  maintainer_.note_demand();
  if (bulk) maintainer_.note_bulk_demand();
}

void OriginPool::note_bulk(std::uint64_t serial) {
  if (bulk_.note(serial)) maintainer_.note_bulk_demand();
}

std::optional<std::size_t> OriginPool::better_worker() {
  if (connections_.any(State::ready)) return std::nullopt;
  auto& shared = *env_.context.shared;
  const auto self = env_.context.worker->index;
  const auto other = shared.ready_elsewhere(self);
  if (!other) {
    const bool none_here = !connections_.any(State::connecting) && !connections_.any(State::busy);
    if (!none_here || env_.settings->max_connections == 0) return std::nullopt;
    return shared.open_elsewhere(self);  // it may hold all that is allowed
  }
  if (shared.note_migration(self, env_.now()) == SharedOrigin::migrations_worth_a_connection) {
    env_.decide("many requests go to another worker: connections of our own");
    usage_.note_request(env_.now());
    maintainer_.upkeep();
  }
  return other;
}

std::optional<Duration> OriginPool::late_answer() {
  if (!hedges_) hedges_ = std::make_unique<Hedges>();
  hedges_->on_request(*env_.context.hedging);
  return hedges_->late_after(*env_.context.hedging, env_.known().rtt());
}

void OriginPool::note_answer_time(Duration time) {
  if (hedges_) hedges_->on_answer(time);
}

void OriginPool::hedge(StreamWaiter& waiter, std::uint64_t avoid) {
  if (auto* c = connections_.find(avoid)) path_.note_overdue(*c);
  if (usage_.draining() || !hedges_ || !hedges_->may()) return;
  if (!lender_.lend_ready(waiter, avoid)) return;
  hedges_->take();
  maintainer_.note_demand();
}

void OriginPool::adopt(PoolTerms terms) {
  env_.settings = std::move(terms.settings);
  env_.queue_deadline = terms.queue_deadline;
  env_.context.timeouts = std::move(terms.timeouts);
  env_.context.tcp = std::move(terms.tcp);
  env_.context.hedging = std::move(terms.hedging);
  env_.context.breaker = std::move(terms.breaker);
  if (env_.context.breaker->failures == 0) gate_.forget();
  demand_.set_hold(env_.settings->keep_warm);
  bulk_.set_hold(env_.settings->keep_warm);
  if (terms.barred && !is_barred()) env_.decide("barred: the configuration allows it no more");
  usage_.set_barred(terms.barred);
  if (terms.dialer) {
    env_.dialer = std::move(terms.dialer);
    scheduler_.stream_limit().forget();
    terms.replace ? replace_all(terms.generation) : scheduler_.stream_limit().tell();
  }
  replacement_.end_prohibited();
  exclusive_.end_where_needed(terms.barred, terms.replace);
  maintainer_.check();
}

/// What was learnt may be another place's.
void OriginPool::replace_all(std::uint64_t generation) {
  env_.decide("the configuration has changed: other connections for those there are");
  replacement_.outdate();
  history_.forget();
  gate_.forget();
  exclusive_.forget_http1_refusals();
  env_.known().forget_lessons(generation);
  lifetimes_.take_lessons();
}

void OriginPool::keep_for_ever() {
  usage_.keep_for_ever();
  maintainer_.upkeep();
}

void OriginPool::keep_as_used() {
  if (!kept_for_ever()) return;
  usage_.keep_as_used();
  maintainer_.check();
}

void OriginPool::recall(const OriginSnapshot& memory, Duration last_used_ago) {
  if (memory.http1_until && !has_answered()) protocol_.recall_requirement(*memory.http1_until);
  env_.known().recall(memory, env_.now());
  lifetimes_.take_lessons();
  demand_.note(memory.peak);
  usage_.recall(env_.now() - last_used_ago);
  usage_.set_remembered(is_kept());
  env_.decide("remembered from before the restart");
  maintainer_.upkeep();
}

OriginSnapshot OriginPool::memory() const {
  using std::chrono::system_clock;
  const auto now = env_.now();
  const auto& known = env_.known();
  OriginSnapshot memory;
  memory.origin = env_.origin;
  memory.protocol = known.protocol();
  memory.stream_limit = static_cast<std::uint32_t>(known.streams_each());
  memory.peak = demand_.peak();
  memory.limits = known.limits(now);
  memory.rtt = known.measured_rtt();
  memory.loss = known.measured_loss(now).value_or(0);
  memory.http1_until = protocol_.required_until();
  memory.last_used =
      system_clock::now() - std::chrono::duration_cast<system_clock::duration>(now - last_used());
  return memory;
}

void OriginPool::list_spare(std::vector<Spare>& spare) {
  idle_.for_each_spare([&](auto& c) { spare.push_back({c.life.last_used, this, &c}); });
}

void OriginPool::drain() {
  usage_.drain();
  maintainer_.drain_connections();
}

void OriginPool::note_request_end(std::uint16_t status, const Error* error, TimePoint asked) {
  env_.outcomes.count(status, error, env_.now());
  gate_.on_request_end(error, asked);
}

PoolReport OriginPool::report() const {
  const auto now = env_.now();
  const auto& known = env_.known();
  PoolReport r;
  r.worker = env_.context.worker->index;
  r.origin = env_.origin.to_string();
  if (const auto protocol = known.protocol()) r.protocol = origin::to_string(*protocol);
  const auto learned = known.limits(now);
  const bool is_worth_it = is_worth_keeping_ready(learned.unused);
  const bool keep_ready = demand_.keep_ready();
  r.kept_warm = keep_ready && is_worth_it;
  r.warm_for_ever = kept_for_ever();
  r.wanted = demand_.wanted_ahead();
  r.waiting = waiting();
  r.peak = demand_.peak();
  r.last_used = now - last_used();
  if (history_.back_off().holds(now)) r.next_dial = history_.back_off().next() - now;
  if (const auto& back_off = history_.back_off(); back_off.failing()) {
    r.failed_dials = back_off.failures();
    r.dials_failing_for = now - back_off.since();
  }
  if (const auto& last = history_.last_failure()) r.last_failure = last->detail;
  r.learned = {learned.idle, learned.age, learned.requests, learned.unused};
  r.path = {known.measured_rtt(), known.measured_loss(now)};
  r.certificate_end = known.certificate_end();
  if (keep_ready && !is_worth_it) r.not_kept_ready = why_not_kept(*learned.unused);
  const auto limits = lifetimes_.limits();
  connections_.for_each([&](const auto& c) {
    const auto end = c.connection ? lifetimes_.end_of(c, limits) : PlannedEnd{};
    r.connections.push_back(report_of(c, end, now));
  });
  exclusive_.for_each([&](const auto& c) { r.connections.push_back(c.report(now)); });
  env_.decisions.for_each([&](const auto& d) { r.decisions.push_back({now - d.at, d.text}); });
  r.metrics = env_.metrics;
  r.outcomes = env_.outcomes.at(now);
  r.breaker = env_.context.shared->breaker().report(now);
  return r;
}

}  // namespace ccnproxy::pool
