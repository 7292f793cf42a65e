// Connections to a pool's origin that belong to one client each: their places, and what a reload
// means for them.

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/pool/origin_pool.h"

#include "origin_pool_reasons.h"

namespace ccnproxy::pool {
namespace {

constexpr std::string_view place_needed =
    "a client needs a connection of its own (pool.max_connections)";

}  // namespace

bool OriginPool::take_place() {
  auto& shared = *context_.shared;
  const auto worker = context_.worker->index;
  const auto most = settings_->max_connections;
  return shared.take_connection(worker, most) ||
         (end_idle_for_place() && shared.take_connection(worker, most));
}

Error OriginPool::no_place(std::string_view what) const {
  auto text = "no connection is left for " + std::string(what);
  const auto& budget = *room().budget();
  if (budget.is_full_of_tunnels()) {
    text += ": tunnels and logins hold all ";
    text += std::to_string(budget.most_tunnels());
    text +=
        " that they may, three quarters of the process's connections to origins; raise "
        "limits.origin_connections, or the limit of open files";
  } else {
    text += ": all ";
    text += std::to_string(settings_->max_connections);
    text += " to this origin are in use; raise pool.max_connections";
  }
  return no_connection(text);
}

/// The one that has been ready longest without a request: one that is kept ahead of need must not
/// keep a client from its login.
bool OriginPool::end_idle_for_place() {
  auto& ready = list(State::ready);
  for (auto it = ready.rbegin(); it != ready.rend(); ++it) {
    if (it->life_.in_use || it->connection_->streams() > 0) continue;
    end_connection(*it, place_needed);
    return true;
  }
  return false;
}

/// Of those that wait with their dial's request, not of those whose dial may begin at once.
std::optional<Error> OriginPool::no_wait_for_dial() {
  if (context_.shared->waiting() < settings_->max_pending) return std::nullopt;
  auto need = dial_need();
  ++need.exclusive_waiting;
  if (!need.failing) ++need.for_waiting;  // which its request will pay for
  if (exclusive_dials_to_start(need) == need.exclusive_waiting) return std::nullopt;
  return too_many_pending();
}

void OriginPool::put_on(ExclusiveDials& list, ExclusiveConnection& c,
                        ExclusiveConnection::DialPhase phase) {
  if (c.DialHook::is_linked()) c.DialHook::unlink();
  list.push_back(c);
  c.phase_ = phase;
}

void OriginPool::want_dial(ExclusiveConnection& c) {
  c.since_ = now();
  put_on(exclusive_waiting_, c, ExclusiveConnection::DialPhase::waiting);
  if (!std::exchange(c.paid_, true)) budget_.on_wait();
  start_dials();
  if (c.waits_for_dial() && context_.shared->take_waiting(settings_->max_pending))
    c.counted_ = context_.shared.get();
}

void OriginPool::start_exclusive_dials() {
  using Phase = ExclusiveConnection::DialPhase;
  while (!exclusive_waiting_.empty()) {
    const auto need = dial_need();
    if (exclusive_dials_to_start(need) == 0) return plan_next_dial(need);
    auto& c = exclusive_waiting_.front();
    if (auto* counted = std::exchange(c.counted_, nullptr)) counted->give_back_waiting();
    c.DialHook::unlink();
    c.phase_ = Phase::none;
    if (!c.begin_dial()) {
      budget_.on_put_off();
      c.paid_ = false;
      continue;
    }
    c.trial_ = {now(), now()};
    put_on(exclusive_dialing_, c, Phase::dialing);
    budget_.on_dial_for_waiting(need.failing);
  }
}

void OriginPool::on_exclusive_failed(ExclusiveConnection& c, const Error& error) {
  leave_dials(c);
  on_failed_dial(c.trial_.began, error);
}

/// Others wait to see whether the origin can be connected to at all.
void OriginPool::on_exclusive_connected(ExclusiveConnection& c) {
  c.trial_.connected = now();
  put_on(exclusive_on_trial_, c, ExclusiveConnection::DialPhase::on_trial);
  answers_exclusive_ = true;
  start_dials();
  plan_check_of_exclusive();
}

bool OriginPool::judge(ExclusiveConnection& c, bool gone) {
  const auto* connection = c.origin_connection();
  if (c.phase_ != ExclusiveConnection::DialPhase::on_trial || !connection) return false;
  const bool by_origin = !c.ended_by_us() && !connection->is_given_up();
  const bool others_may = judge(c.trial_, *connection, by_origin, gone);
  if (!c.trial_.open) leave_dials(c);
  return others_may;
}

void OriginPool::on_exclusive_change(ExclusiveConnection& c) {
  const auto* connection = c.origin_connection();
  if (judge(c, connection && connection->is_draining() && connection->streams() == 0)) upkeep();
}

void OriginPool::on_exclusive_closed(ExclusiveConnection& c) {
  if (judge(c, true)) upkeep();
}

/// Nothing is held against the origin, and the next one is as good as its first.
void OriginPool::on_exclusive_put_off(ExclusiveConnection& c) {
  c.paid_ = false;
  leave_dials(c);
}

void OriginPool::on_exclusive_switched(ExclusiveConnection& c) {
  if (c.phase_ != ExclusiveConnection::DialPhase::on_trial) return;
  if (settle(c.trial_, {}, Verdict::passed, true)) upkeep();
  leave_dials(c);
}

/// The dial that it gives up may be the one that others wait for.
void OriginPool::leave_dials(ExclusiveConnection& c) {
  if (auto* counted = std::exchange(c.counted_, nullptr)) counted->give_back_waiting();
  if (c.DialHook::is_linked()) c.DialHook::unlink();
  const bool others_may = std::exchange(c.phase_, ExclusiveConnection::DialPhase::none) ==
                          ExclusiveConnection::DialPhase::dialing;
  if (others_may && (!exclusive_waiting_.empty() || !waiters_.empty())) plan_check(now());
}

/// Those that waited when the dial began, as in the pool's queue.
void OriginPool::fail_exclusive(const Error& error, TimePoint dial_began) {
  auto later = exclusive_waiting_.begin();
  while (later != exclusive_waiting_.end() && later->since_ <= dial_began) ++later;
  ExclusiveDials failed;
  failed.splice(failed.begin(), exclusive_waiting_, exclusive_waiting_.begin(), later);
  while (!failed.empty()) {
    auto& c = failed.front();
    leave_dials(c);
    c.on_no_dial(error);
  }
}

/// Whether their dials have succeeded is known when they have lived for long enough.
void OriginPool::plan_check_of_exclusive() {
  if (!back_off_.failing()) return;
  for (const auto& c : exclusive_on_trial_) plan_check(c.trial_.connected + trial_time);
}

Error OriginPool::no_dial() const {
  auto why = "no dial could begin within " + time_text(queue_deadline_);
  why += " (dials to an origin that fails are one at a time, ";
  why += std::to_string(static_cast<int>(DialBudget::tries_a_second));
  why += " a second)";
  if (trouble_ && !trouble_->last_failure.empty()) why += "; last: " + trouble_->last_failure;
  return no_connection(why);
}

void OriginPool::on_http1_refused() {
  http1_refusals_.on_refused(now(), context_.worker->random());
  decide("the origin refuses HTTP/1.1");
}

Error OriginPool::http1_refused() const {
  const auto left =
      std::max(std::chrono::milliseconds(0),
               std::chrono::ceil<std::chrono::milliseconds>(http1_refusals_.next() - now()));
  return {ErrorType::http_upgrade_failed, Side::origin, Phase::tls, Proof::not_sent,
          origin_.to_string() +
              ": has just refused HTTP/1.1, which an upgrade needs; it is asked again in " +
              time_text(left)};
}

void OriginPool::end_exclusive(bool replace) {
  for (auto it = exclusive_.begin(); it != exclusive_.end();) {
    auto& c = *it++;  // its end may be told at once
    const auto address = c.peer_address();
    if (!address.empty() && dialer_->is_prohibited(std::string(address)))
      c.end_after_request(prohibited_now);
    else if (barred_)
      c.end_after_request("the configuration allows the origin no more");
    else if (replace)
      c.end_after_request(configuration_changed);
  }
}

}  // namespace ccnproxy::pool
