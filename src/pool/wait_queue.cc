#include "ccnproxy/pool/wait_queue.h"

namespace ccnproxy::pool {

void StreamWaiter::leave_queue() noexcept {
  if (is_linked()) unlink();
  if (auto* counted = std::exchange(counted_, nullptr)) counted->give_back_waiting();
}

bool WaitQueue::add(StreamWaiter& waiter, const StreamNeed& need, TimePoint now, TimePoint deadline,
                    std::uint32_t most) {
  if (!shared_.take_waiting(most)) return false;
  waiter.counted_ = &shared_;
  waiter.need_ = need;
  waiter.since_ = now;
  waiter.deadline_ = deadline;
  waiter.bounded_by_dial_ = false;
  waiters_.push_back(waiter);
  return true;
}

void WaitQueue::fail(const Error& error, TimePoint dial_began) {
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

void WaitQueue::bound_wait(Duration most) {
  for (auto& waiter : waiters_) {
    if (waiter.since_ + most >= waiter.deadline_) continue;
    waiter.deadline_ = waiter.since_ + most;
    waiter.bounded_by_dial_ = true;
  }
}

std::size_t WaitQueue::waiting_apart(TimePoint now) const {
  std::size_t n = 0;
  for (const auto& waiter : waiters_) n += waiter.need_.waits_apart(now) ? 1 : 0;
  return n;
}

bool WaitQueue::share_at_last(TimePoint then) {
  bool any = false;
  for (auto& waiter : waiters_) {
    auto& until = waiter.need_.apart_until;
    if (until == TimePoint() || until > then) continue;
    until = TimePoint();
    any = true;
  }
  return any;
}

std::optional<TimePoint> WaitQueue::next_due(TimePoint now) const {
  if (waiters_.empty()) return std::nullopt;
  auto due = waiters_.front().deadline_;
  for (const auto& waiter : waiters_) {
    if (waiter.need_.waits_apart(now)) due = std::min(due, waiter.need_.apart_until);
  }
  return due;
}

}  // namespace ccnproxy::pool
