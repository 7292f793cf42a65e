#include "ccnproxy/pool/connection_set.h"

namespace ccnproxy::pool {
namespace {

/// Whether a connection in this state has a place under `pool.max_connections`.
constexpr bool has_place(PooledConnection::State state) {
  return state != PooledConnection::State::draining && state != PooledConnection::State::closed;
}

}  // namespace

void ConnectionSet::clear() noexcept {
  // Else it is so already, or the next pool of the same origin has made it true.
  if (any(State::ready)) shared_.set_ready(worker_.index, false);
  *worker_.dials -= count(State::connecting);
  for (auto& connections : lists_) {
    while (!connections.empty()) {
      if (has_place(connections.front().state_)) shared_.give_back_connection(worker_.index);
      connections.pop_front_and_dispose(std::default_delete<PooledConnection>());
    }
  }
}

PooledConnection& ConnectionSet::add(std::unique_ptr<PooledConnection> c) {
  list(State::connecting).push_back(*c);
  ++*worker_.dials;
  return *c.release();
}

void ConnectionSet::end(PooledConnection& c, std::string_view why) {
  c.ended_by_us = true;
  if (c.leaving.empty()) c.leaving = why;
  c.connection->drain(why);
  update(c);
}

ConnectionSet::State ConnectionSet::state_of(const PooledConnection& c) {
  if (!c.connection) return State::connecting;
  if (c.connection->is_draining()) return State::draining;
  return c.connection->capacity() > 0 ? State::ready : State::busy;
}

/// The only place where a connection changes its state.
void ConnectionSet::move_to(PooledConnection& c, State to) {
  const auto before = c.state_;
  if (before == to) return;
  if (before == State::connecting) --*worker_.dials;
  auto& from = list(before);
  from.erase(from.iterator_to(c));
  if (has_place(before) && !has_place(to)) shared_.give_back_connection(worker_.index);
  c.state_ = to;
  if (to == State::closed) {
    worker_.defer_delete(std::unique_ptr<DeferredDelete>(&c));
  } else {
    list(to).push_front(c);
  }
  shared_.set_ready(worker_.index, any(State::ready));
}

std::size_t ConnectionSet::streams() const {
  std::size_t sum = 0;
  for_each_open([&](const auto& c) { sum += c.connection->streams(); });
  return sum;
}

std::size_t ConnectionSet::staying() const {
  return count_open(
      [](const auto& c) { return !c.is_leaving() && !c.connection->is_suspicious(); });
}

PooledConnection* ConnectionSet::find(std::uint64_t serial) {
  PooledConnection* found = nullptr;
  for_each_open([&](auto& c) {
    if (c.connection->info().serial == serial) found = &c;
  });
  return found;
}

}  // namespace ccnproxy::pool
