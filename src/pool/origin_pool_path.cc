// Large bodies, which go on connections of their own over a far path, and what the pool learns of
// that path from its connections.

#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/pool/path_estimate.h"
#include "ccnproxy/pool/wear_policy.h"

namespace ccnproxy::pool {
namespace {

/// A connection's counters cost a system call each time.
constexpr Duration sample_every = std::chrono::milliseconds(200);

/// What a dial takes, a lost packet included: 1 round trip for TCP, 1 or 2 for TLS, 1 for SETTINGS.
constexpr int apart_round_trips = 6;
constexpr Duration apart_patience = std::chrono::milliseconds(200);

}  // namespace

/// Over HTTP/1.1 each request has its connection anyhow, and a near path is quick enough for all.
bool OriginPool::keeps_bulk_apart() const {
  return context_.tcp->bulk_connections > 0 && !context_.shares && uses_http2() && is_far();
}

/// Until when a large body may wait for a connection of its own; not at all where so many have one,
/// or the origin can't be dialled now.
TimePoint OriginPool::may_wait_until() const {
  const bool may = keeps_bulk_apart() && !back_off_.failing() && !draining_ &&
                   carrying_bulk() + waiting_apart() < context_.tcp->bulk_connections;
  return may ? now() + known().rtt() * apart_round_trips + apart_patience : TimePoint();
}

/// The one with the fewest streams of those that carry no large body and stay.
PooledConnection* OriginPool::find_apart(std::uint64_t avoid) {
  const auto moment = now();
  PooledConnection* best = nullptr;
  for (auto& c : list(State::ready)) {
    if (c.bulk_ > 0 || c.connection_->info().serial == avoid || c.connection_->capacity() == 0)
      continue;
    if (moment >= c.lendable_until_ || !c.leaving_.empty() || is_doubted(c)) continue;
    if (!best || c.connection_->streams() < best->connection_->streams()) best = &c;
  }
  return best;
}

std::size_t OriginPool::carrying_bulk() const {
  std::size_t n = 0;
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& c : list(state)) n += c.bulk_ > 0 ? 1 : 0;
  }
  return n;
}

/// Large bodies under way: several responses share a connection if none was known to be large when
/// it was asked for, and each should have had its own.
std::size_t OriginPool::bulk_bodies() const {
  std::size_t n = 0;
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& c : list(state)) n += std::min(c.bulk_, c.connection_->streams());
  }
  return n;
}

std::size_t OriginPool::waiting_apart() const {
  if (!keeps_bulk_apart()) return 0;
  std::size_t n = 0;
  for (const auto& waiter : waiters_) n += waits_apart(waiter) ? 1 : 0;
  return n;
}

/// Large bodies that have waited until then for a connection of their own take any that there is.
void OriginPool::share_at_last(TimePoint then) {
  bool any = false;
  for (auto& waiter : waiters_) {
    if (waiter.apart_until_ == TimePoint() || waiter.apart_until_ > then) continue;
    waiter.apart_until_ = TimePoint();
    any = true;
  }
  if (any) serve_waiters();
}

std::size_t OriginPool::bulk_wanted() const {
  if (!keeps_bulk_apart()) return 0;
  return std::min<std::size_t>(bulk_peak_.value(now()), context_.tcp->bulk_connections);
}

void OriginPool::note_bulk_demand() {
  if (bulk_peak_.note(bulk_bodies() + waiting_apart(), now())) upkeep();
}

void OriginPool::note_bulk(std::uint64_t serial) {
  if (!is_far() || context_.tcp->bulk_connections == 0) return;
  for (const auto state : {State::ready, State::busy}) {
    for (auto& c : list(state)) {
      if (c.connection_->info().serial == serial) ++c.bulk_;
    }
  }
  note_bulk_demand();
}

/// It has become idle. One that is worn by large bodies is replaced before the next comes.
void OriginPool::note_wear(PooledConnection& c) {
  if (c.bulk_ == 0 || !is_far() || !c.leaving_.empty() || context_.tcp->bulk_connections == 0)
    return;
  const Carried carried{c.connection_->path_counters(),
                        c.connection_->received_bytes() - c.counted_bytes_,
                        now() - c.life_.last_used};
  if (!is_worn(carried)) return;
  c.leaving_ = "packets that were lost have slowed it down";
  decide("to be replaced, " + c.connection_->info().address + ": " + std::string(c.leaving_));
}

/// A request that may have a second attempt need not be told by another one's packet that its own
/// was lost: the fewer are slow, the farther the budget for these goes.
std::size_t OriginPool::shared_by() const {
  const auto streams = streams_on_lossy_path(known().loss());
  return may_hedge() && streams < no_loss ? 1 : streams;
}

void OriginPool::sample_path(PooledConnection& c) {
  const auto moment = now();
  if (!is_far() || moment < c.path_seen_ + sample_every) return;
  const auto before = shared_by();
  const auto counters = c.connection_->path_counters();
  const auto seen = packets_between(c.path_, counters, moment - c.path_seen_);
  c.path_ = counters;
  c.path_seen_ = moment;
  if (seen.packets > 0) known().note_packets(seen.packets, seen.lost, moment);
  if (shared_by() != before) upkeep();
}

}  // namespace ccnproxy::pool
