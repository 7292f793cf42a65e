#include "ccnproxy/pool/idle_connections.h"

#include <vector>

namespace ccnproxy::pool {
namespace {

constexpr std::string_view room_for_others =
    "room for connections to other origins (limits.origin_connections)";
constexpr std::string_view place_needed =
    "a client needs a connection of its own (pool.max_connections)";
/// A connection beyond what is wanted stays so long after its last use: bursts come in pairs.
constexpr Duration surplus_stays = std::chrono::seconds(30);

}  // namespace

/// When an idle connection goes if there are more than are wanted.
TimePoint IdleConnections::surplus_until(const PooledConnection& c) const {
  const bool ahead = env_.settings->min_ready > 0;
  const auto keep_warm = env_.settings->keep_warm;
  return c.life.last_used + (ahead ? std::min(keep_warm, surplus_stays) : keep_warm);
}

bool IdleConnections::is_surplus(const PooledConnection& c, TimePoint now) const {
  return c.is_idle() && (!demand_.keep_ready() || now >= surplus_until(c));
}

/// From the one that was ready first: requests go to the latest.
void IdleConnections::end_surplus(TimePoint now) {
  auto& ready = connections_.ready();
  auto there = connections_.staying();
  const auto needed = demand_.wanted();
  for (auto it = ready.end(); it != ready.begin() && there > needed;) {
    auto& c = *--it;
    if (c.is_leaving() || !is_surplus(c, now)) continue;
    if (env_.context.shares && demand_.keep_ready() && shares_.is_last(c)) continue;
    ++it;
    connections_.end(c, demand_.keep_ready() ? "not needed" : "idle");
    --there;
  }
}

/// One that is kept ahead of need must not keep a client from its login.
bool IdleConnections::end_one_for_place() {
  auto& ready = connections_.ready();
  const auto it = std::find_if(ready.rbegin(), ready.rend(), [](auto& c) { return c.is_idle(); });
  if (it == ready.rend()) return false;
  connections_.end(*it, place_needed);
  return true;
}

void IdleConnections::give_up() {
  if (usage_.kept_for_ever() || demand_.in_use() > 0) return;
  usage_.give_up();
  env_.decide("given up: too many origins (limits.origins)");
  end_surplus(env_.now());
}

bool IdleConnections::let_go(PooledConnection& c) {
  if (!c.is_idle()) return false;
  connections_.end(c, room_for_others);
  return true;
}

std::size_t IdleConnections::let_go_of_all() {
  auto& ready = connections_.ready();
  const bool any = std::any_of(ready.begin(), ready.end(), [](auto& c) { return c.is_idle(); });
  if (!queue_.empty() || !any) return 0;
  if (!usage_.kept_for_ever() && demand_.in_use() == 0) usage_.give_up();
  env_.decide("idle connections closed: " + std::string(room_for_others));
  std::size_t gone = 0;
  connections_.for_each_open([&](auto& c) { gone += let_go(c) ? 1 : 0; });
  return gone;
}

void IdleConnections::plan_checks(TimePoint now) {
  if (connections_.staying() <= demand_.wanted()) return;
  connections_.for_each_open([&](const auto& c) {
    if (!c.is_leaving() && !c.life.in_use) check_.plan(std::max(now, surplus_until(c)));
  });
}

}  // namespace ccnproxy::pool
