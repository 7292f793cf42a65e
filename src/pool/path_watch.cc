#include "ccnproxy/pool/path_watch.h"

#include "ccnproxy/pool/path_estimate.h"
#include "ccnproxy/pool/spread_policy.h"
#include "ccnproxy/pool/wear_policy.h"

namespace ccnproxy::pool {
namespace {

/// A connection's counters cost a system call each time.
constexpr Duration sample_every = std::chrono::milliseconds(200);

/// What a lost packet costs at most, if what is sent again is not lost, too.
constexpr int recovery_round_trips = 4;
constexpr Duration least_recovery = std::chrono::milliseconds(500);

}  // namespace

/// A request that may have a second attempt need not be told by another one's packet that its own
/// was lost: the fewer are slow, the farther the budget for these goes.
std::size_t PathWatch::shared_by() const {
  const auto streams = streams_on_lossy_path(env_.known().loss());
  return may_hedge() && streams < no_loss ? 1 : streams;
}

bool PathWatch::sample(PooledConnection& c) {
  const auto now = env_.now();
  if (!env_.is_far() || now < c.path_seen + sample_every) return false;
  const auto before = shared_by();
  const auto counters = c.connection->path_counters();
  const auto seen = packets_between(c.path, counters, now - c.path_seen);
  c.path = counters;
  c.path_seen = now;
  if (seen.packets > 0) env_.known().note_packets(seen.packets, seen.lost, now);
  return shared_by() != before;
}

/// What the answer's connection has lost, all answers after it wait for; the stream that is
/// cancelled no longer shows it.
void PathWatch::note_overdue(PooledConnection& c) {
  c.overdue_at_bytes = c.connection->received_bytes();
  c.overdue_until = env_.now() + recovery_round_trips * env_.known().rtt() + least_recovery;
}

bool PathWatch::is_worn(const PooledConnection& c) const {
  if (c.bulk == 0 || !env_.is_far() || c.is_leaving() || env_.context.tcp->bulk_connections == 0)
    return false;
  return pool::is_worn({c.connection->path_counters(),
                        c.connection->received_bytes() - c.counted_bytes,
                        env_.now() - c.life.last_used});
}

}  // namespace ccnproxy::pool
