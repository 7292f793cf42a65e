// What a worker does where there are more clients, or more connections to origins, than there is
// room for.

#include <algorithm>

#include "worker.h"

namespace ccnproxy::daemon {
namespace {

/// A place that another worker's client has left is looked for so often.
constexpr auto look_for_place = std::chrono::milliseconds(24);

/// Clients beyond the overflow wait in the kernel's queue as long as this, in the hope of places;
/// then they are told that there is none, as a health check may be behind them.
constexpr auto queue_patience = std::chrono::milliseconds(30);

}  // namespace

bool Worker::is_overflow_full() const noexcept {
  return overflow_.size() >= std::max<std::size_t>(2, group_.overflow_limit / group_.size);
}

bool Worker::may_accept() {
  if (!is_overflow_full()) {
    overflow_full_since_.reset();
    return true;
  }
  if (!overflow_full_since_) overflow_full_since_ = loop_.now();
  return loop_.now() - *overflow_full_since_ >= queue_patience;
}

/// It is read at once: a health check has mostly come with its connection, and is answered whatever
/// the others do.
void Worker::take_overflow(proxy::ClientSession& session) {
  overflow_.push_back(&session);
  group_.overflow.fetch_add(1, std::memory_order_relaxed);
  if (!overflow_timer_.armed()) overflow_timer_.set_after(look_for_place);
  session.read_speculatively();
  const auto most = std::max<std::size_t>(2, group_.overflow_limit / group_.size);
  while (overflow_.size() > most) choose_to_turn_away()->turn_away();
}

void Worker::leave_overflow(proxy::ClientSession& session) {
  if (std::erase(overflow_, &session) == 0) return;
  group_.overflow.fetch_sub(1, std::memory_order_relaxed);
  if (!overflow_full_since_) return;
  for (auto& acceptor : acceptors_) acceptor->on_room();
}

/// The one that has been silent longest, if it is not the one that has just come; of those that
/// have sent a request the latest: the others are closer to a place.
proxy::ClientSession* Worker::choose_to_turn_away() const {
  const auto silent = std::find_if(overflow_.begin(), std::prev(overflow_.end()),
                                   [](auto* session) { return !session->waits_for_place(); });
  if (silent != std::prev(overflow_.end())) return *silent;
  const auto latest = std::find_if(overflow_.rbegin(), overflow_.rend(),
                                   [](auto* session) { return session->waits_for_place(); });
  return latest == overflow_.rend() ? overflow_.front() : *latest;
}

bool Worker::give_place(proxy::ClientSession& session) {
  if (!has_room()) return false;
  leave_overflow(session);
  return true;
}

/// In order of arrival.
void Worker::serve_overflow() {
  for (;;) {
    const auto waiting = std::find_if(overflow_.begin(), overflow_.end(),
                                      [](auto* session) { return session->waits_for_place(); });
    if (waiting == overflow_.end() || !has_room()) break;
    auto& session = **waiting;
    leave_overflow(session);
    session.take_place();
  }
  if (!overflow_.empty()) overflow_timer_.set_after(look_for_place);
}

void Worker::on_connection_room() {
  loop_.post([this] { pool_worker_->room->on_room(); });
}

void Worker::let_go_of_connections(std::size_t most, ConnectionBudget::For purpose) {
  loop_.post([this, most, purpose] { pools_.let_go(most, purpose); });
}

/// A part of each: which of them has idle ones, only they know.
void Worker::ask_others_to_let_go(std::size_t most, ConnectionBudget::For purpose) {
  const auto others = group_.members.size() - 1;
  for (auto* member : group_.members) {
    if (member != this) member->let_go_of_connections((most + others - 1) / others, purpose);
  }
}

}  // namespace ccnproxy::daemon
