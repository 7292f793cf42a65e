#include "ccnproxy/pool/placement.h"

namespace ccnproxy::pool {
namespace {

/// After so long without a request, TCP has forgotten how wide its windows were (RFC 5681 §4.1).
constexpr Duration window_forgotten = std::chrono::milliseconds(300);

bool is_lendable(const PooledConnection& c, std::uint64_t avoid, TimePoint now) {
  const auto& connection = *c.connection;
  return connection.info().serial != avoid && connection.capacity() > 0 && now < c.lendable_until;
}

}  // namespace

void Placement::begin_request(PooledConnection& c, TimePoint now) {
  if (!c.life.in_use && now - c.life.last_used >= window_forgotten)
    c.idle_at_bytes = c.connection->received_bytes();
  c.life.last_used = now;
  c.life.in_use = true;
  ++c.life.requests;
}

PlacementFacts Placement::facts_of(const PooledConnection& c) const {
  PlacementFacts facts;
  const auto now = env_.now();
  facts.streams = c.connection->streams();
  const bool fresh = c.life.in_use || now - c.life.last_used < window_forgotten;
  if (fresh) facts.received = c.connection->received_bytes() - c.idle_at_bytes;
  facts.mean_bytes = env_.known().mean_answer();
  facts.bulk = c.bulk > 0;
  facts.overdue = now < c.overdue_until && c.connection->received_bytes() == c.overdue_at_bytes;
  if (env_.is_far()) facts.shared_by = path_.shared_by();
  facts.leaving = !stays(c);
  return facts;
}

/// The best place among the connections that take a request now; of equals the one that became
/// ready last. HTTP/1.1: simply that one, unless it will be replaced: it is the one least likely to
/// be closed by the origin.
PooledConnection* Placement::find_ready(std::uint64_t avoid) {
  if (env_.context.shares) return find_share(avoid);
  auto& ready = connections_.ready();
  const auto now = env_.now();
  PooledConnection* best = nullptr;
  std::int64_t best_score = 0;
  for (auto& c : ready) {
    if (!is_lendable(c, avoid, now)) continue;
    if (c.connection->info().protocol == origin::Protocol::http1 && stays(c)) return &c;
    const auto score = ready.size() == 1 ? 0 : placement_score(facts_of(c));
    if (!best || score > best_score) {
      best = &c;
      best_score = score;
    }
  }
  return best;
}

/// The one with the fewest streams of those that carry no large body and stay.
PooledConnection* Placement::find_apart(std::uint64_t avoid) {
  const auto now = env_.now();
  PooledConnection* best = nullptr;
  for (auto& c : connections_.ready()) {
    if (c.bulk > 0 || !is_lendable(c, avoid, now) || !stays(c)) continue;
    if (!best || c.connection->streams() < best->connection->streams()) best = &c;
  }
  return best;
}

PooledConnection* Placement::find_share(std::uint64_t avoid) {
  shares_.count();
  const auto now = env_.now();
  PooledConnection* best = nullptr;
  SharePlace best_place;
  for (auto& c : connections_.ready()) {
    if (!is_lendable(c, avoid, now)) continue;
    const auto facts = facts_of(c);
    const SharePlace place{facts.leaving, *c.load, placement_score(facts)};
    if (best && !is_better_share(place, best_place)) continue;
    best = &c;
    best_place = place;
  }
  return best;
}

}  // namespace ccnproxy::pool
