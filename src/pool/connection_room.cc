#include "ccnproxy/pool/connection_room.h"

#include <algorithm>

namespace ccnproxy::pool {
namespace {

/// What is waited for is looked for again so often, should no connection have been given back.
constexpr Duration look_again = std::chrono::milliseconds(24);
/// Without descriptors nothing is dialled for so long.
constexpr Duration exhausted_for = std::chrono::milliseconds(48);
/// So many idle connections make room where the kernel has no descriptor.
constexpr std::size_t let_go_when_exhausted = 8;

}  // namespace

ConnectionRoom::ConnectionRoom(TimerWheel& timers, std::shared_ptr<ConnectionBudget> budget,
                               std::size_t worker)
    : timers_(timers),
      budget_(std::move(budget)),
      worker_(worker),
      make_room_timer_(timers, Delegate<void()>::to<&ConnectionRoom::make_room>(this)) {}

void ConnectionRoom::let_go_by(LetGo own, LetGo others) {
  own_ = std::move(own);
  others_ = std::move(others);
}

ConnectionLease ConnectionRoom::take(For purpose) {
  if (is_exhausted()) return {};
  auto lease = budget_->take(purpose);
  if (lease && budget_->crowd() > 0) plan_to_make_room(now());
  return lease;
}

void ConnectionRoom::want(RoomWaiter& waiter, std::size_t connections, For purpose) {
  waiter.connections_wanted_ = std::max<std::size_t>(1, connections);
  if (!waiter.waits_for_room()) (purpose == For::kept ? kept_ : requests_).push_back(waiter);
  budget_->want(worker_);
  plan_to_make_room(now());
}

void ConnectionRoom::note_exhausted() {
  if (is_exhausted()) return;
  plan_to_make_room(now());
  exhausted_until_ = now() + exhausted_for;
}

/// Not now: pools that may have to let go are in the middle of something.
void ConnectionRoom::plan_to_make_room(TimePoint at) {
  at = std::max({at, exhausted_until_, looked_at_ + look_again});
  if (!make_room_timer_.armed() || make_room_timer_.deadline() > at) make_room_timer_.set(at);
}

std::size_t ConnectionRoom::wanted(const Waiters& waiters) const {
  std::size_t sum = 0;
  for (const auto& waiter : waiters) sum += waiter.connections_wanted_;
  return sum;
}

void ConnectionRoom::make_room() {
  if (is_exhausted()) {
    let_go(let_go_when_exhausted, For::ahead);
    return make_room_timer_.set(exhausted_until_);
  }
  on_room();
  const auto gone = let_go(budget_->crowd(), For::ahead);
  const auto needed = wanted(requests_);
  if (needed > gone) let_go(needed - gone, For::request);
  let_go(wanted(kept_), For::kept);
  if (requests_.empty() && kept_.empty()) return;
  budget_->want(worker_);
  plan_to_make_room(now() + look_again);
}

/// What goes gives its room back at the end of this turn or the next, and the budget tells.
/// All pools are looked at for it: less often where it was in vain.
std::size_t ConnectionRoom::let_go(std::size_t most, For purpose) {
  if (most == 0) return 0;
  const auto gone = own_ ? own_(most, purpose) : 0;
  if (gone == 0) looked_at_ = now();
  if (gone < most && others_) others_(most - gone, purpose);
  return gone;
}

void ConnectionRoom::on_room() {
  if (is_exhausted()) return;
  serve(requests_, For::request);
  serve(kept_, For::kept);
  if (!requests_.empty() || !kept_.empty()) budget_->want(worker_);
}

void ConnectionRoom::on_limit_changed() { plan_to_make_room(now()); }

/// Each is asked once: what is not served waits again.
void ConnectionRoom::serve(Waiters& waiters, For purpose) {
  Waiters asked;
  asked.splice(asked.end(), waiters);
  while (!asked.empty() && budget_->has_room(purpose)) {
    auto& waiter = asked.front();
    asked.pop_front();
    waiter.on_room();
  }
  waiters.splice(waiters.begin(), asked);
}

}  // namespace ccnproxy::pool
