// What a pool does where the process has no room for all connections to origins: waits for it, and
// gives way to others.

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/pool/origin_pool.h"

#include "origin_pool_reasons.h"

namespace ccnproxy::pool {
namespace {

constexpr std::string_view room_for_others =
    "room for connections to other origins (limits.origin_connections)";
/// What is to be ready ahead of need looks for room again after this.
constexpr Duration look_for_room_again = std::chrono::seconds(1);

}  // namespace

ConnectionBudget::For OriginPool::purpose_of(observe::DialCause cause) const noexcept {
  using For = ConnectionBudget::For;
  if (cause == observe::DialCause::request) return For::request;
  return for_ever_ ? For::kept : For::ahead;
}

/// A connection ahead of need makes no other go: it is opened once there is room.
void OriginPool::wait_for_room(std::size_t connections, observe::DialCause cause) {
  const auto purpose = purpose_of(cause);
  if (purpose == ConnectionBudget::For::ahead) return plan_check(now() + look_for_room_again);
  if (purpose == ConnectionBudget::For::request) no_room_at_ = now();
  room().want(*this, connections, purpose);
}

void OriginPool::on_room() {
  if (!waiters_.empty() || keep_ready()) start_dials();
}

/// Not the origin's failure: nothing is held against it, and what waits goes on waiting.
void OriginPool::on_no_descriptor(PooledConnection& c, const Error& error) {
  const auto cause = c.cause_;
  transition(c, State::closed);
  decide("not dialled: " + error.detail);
  room().note_exhausted();
  if (!waiters_.empty()) return wait_for_room(1, observe::DialCause::request);
  wait_for_room(1, cause == observe::DialCause::request ? observe::DialCause::warm : cause);
}

Error OriginPool::no_room() const {
  const auto limit = room().budget()->limit();
  const bool bounded = limit != ConnectionBudget::no_limit;
  return no_connection("no room for a connection in time: " +
                       (bounded ? "all " + std::to_string(limit) : std::string("all")) +
                       " that this process may hold to origins are in use "
                       "(limits.origin_connections, or the limit of open files)");
}

Error OriginPool::none_in_time(const StreamWaiter& waiter) const {
  if (no_room_at_ >= waiter.since_) return no_room();
  const auto most = settings_->max_connections;
  return no_connection("no connection became free within " + time_text(queue_deadline_) +
                       (most > 0 ? " (pool.max_connections is " + std::to_string(most) + ")" : ""));
}

bool OriginPool::is_idle(const PooledConnection& c) {
  return c.state_ == State::ready && !c.life_.in_use && c.connection_->streams() == 0;
}

/// Requests go to the connection that was ready last: that is the one to keep.
void OriginPool::list_spare(std::vector<Spare>& spare) {
  if (!waiters_.empty()) return;
  auto kept = keep_ready() ? settings_->min_ready : 0;
  for (auto& c : list(State::ready)) {
    if (!is_idle(c)) continue;
    if (c.leaving_.empty() && kept > 0) {
      --kept;
      continue;
    }
    spare.push_back({c.life_.last_used, this, &c});
  }
}

bool OriginPool::let_go(PooledConnection& c) {
  if (!is_idle(c)) return false;
  end_connection(c, room_for_others);
  return true;
}

std::size_t OriginPool::let_go_of_idle() {
  if (!waiters_.empty()) return 0;
  std::vector<PooledConnection*> idle;
  for (auto& c : list(State::ready)) {
    if (is_idle(c)) idle.push_back(&c);
  }
  if (idle.empty()) return 0;
  if (!for_ever_ && in_use() == 0) given_up_ = true;
  decide("idle connections closed: " + std::string(room_for_others));
  std::size_t gone = 0;
  for (auto* c : idle) gone += let_go(*c) ? 1 : 0;
  return gone;
}

}  // namespace ccnproxy::pool
