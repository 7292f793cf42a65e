#include "ccnproxy/pool/lender.h"

namespace ccnproxy::pool {

using observe::WaitResult;

void Lender::acquire(StreamWaiter& waiter, const StreamNeed& need) {
  auto* c = queue_.serving() ? nullptr : placement_.find(need);
  c ? lend(*c, waiter, need.bulk, WaitResult::ready) : wait(waiter, need);
}

/// Nothing is dialled for it: that would take longer than what a second attempt is to spare.
bool Lender::lend_ready(StreamWaiter& waiter, std::uint64_t avoid) {
  auto* c = placement_.find_ready(avoid);
  if (c) place(*c, waiter, false, WaitResult::ready);
  return c != nullptr;
}

void Lender::wait(StreamWaiter& waiter, const StreamNeed& need) {
  const auto now = env_.now();
  const auto deadline = now + env_.queue_deadline;
  if (!queue_.add(waiter, need, now, deadline, env_.settings->max_pending))
    return waiter.on_no_connection(env_.too_many_pending());
  history_.budget().on_wait();
  check_.plan(deadline);
  scheduler_.start();
  if (!need.waits_apart(now)) return;
  check_.plan(need.apart_until);
  if (!connections_.any(PooledConnection::State::connecting)) share_at_last(TimePoint::max());
}

void Lender::lend(PooledConnection& c, StreamWaiter& waiter, bool bulk, WaitResult found) {
  ++env_.metrics.waits[static_cast<std::size_t>(found)];
  place(c, waiter, bulk, found);
}

void Lender::place(PooledConnection& c, StreamWaiter& waiter, bool bulk, WaitResult found) {
  Placement::begin_request(c, env_.now());
  if (c.life.requests == unproven_after) turned_unproven_ = true;
  if (c.life.requests == 1 && c.cause != observe::DialCause::request)
    history_.budget().on_first_use();
  if (env_.context.shares) shares_.note_given(c);
  if (bulk) ++c.bulk;
  waiter.leave_queue();
  waiter.on_connection(*c.connection, found);
  connections_.update(c);
  // One of HTTP/1.1 takes no other request before this one is over.
  if (c.life.requests >= lifetimes_.most_requests() &&
      protocol_.spoken() == origin::Protocol::http2)
    lifetimes_.end_if_used_up(c);
}

void Lender::serve() {
  const auto lend_to = [this](PooledConnection& c, StreamWaiter& waiter) {
    const bool dialed = c.life.requests == 0 && c.cause == observe::DialCause::request;
    lend(c, waiter, waiter.need().bulk, dialed ? WaitResult::dialed : WaitResult::waited);
  };
  const auto find = [this](const StreamNeed& need) { return placement_.find(need); };
  if (queue_.serve(env_.now(), find, lend_to)) scheduler_.start();
}

void Lender::share_at_last(TimePoint then) {
  if (queue_.share_at_last(then)) serve();
}

void Lender::expire(TimePoint now) {
  queue_.expire(now, [this](const auto& waiter) { return scheduler_.none_in_time(waiter); });
}

}  // namespace ccnproxy::pool
