#include "ccnproxy/pool/dial_trials.h"

namespace ccnproxy::pool {

using Outcome = DialHistory::Outcome;
using DialPhase = ExclusiveDials::Phase;

bool DialTrials::any_dialing() const noexcept {
  return connections_.any(PooledConnection::State::connecting) ||
         exclusive_.any(DialPhase::dialing);
}

void DialTrials::on_dial_failed(TimePoint began, const Error& error) {
  history_.note_failure(began, error);
  gate_.on_dial_failed(began, error);
  lender_.share_at_last(TimePoint::max());
  if (origin::is_dial_timeout(error)) bound_wait(env_.now() - began);
  // With a dial on its way requests still have hope, those of the pool's queue with a connection
  // open, too; the queue's deadline bounds it.
  if (any_dialing()) return;
  const bool open = connections_.any_open();
  exclusive_.fail(error, began);
  if (!open) queue_.fail(error, began);
  if ((!open && !queue_.empty()) || exclusive_.any(DialPhase::waiting)) scheduler_.start();
}

/// A request that came meanwhile would else wait for a second dial to time out: it waits as long as
/// that dial took, in all.
void DialTrials::bound_wait(Duration dial) {
  if (connections_.any_open()) return;
  queue_.bound_wait(dial);
  if (const auto due = queue_.next_due(env_.now())) check_.plan(*due);
}

bool DialTrials::conclude(const DialTrial& trial, const std::string& address, Outcome outcome) {
  if (outcome == Outcome::failed) on_trial_failed(trial.began, address);
  return outcome != Outcome::none;
}

bool DialTrials::judge(PooledConnection& c, bool gone) {
  const bool by_origin = !c.ended_by_us && !c.connection->is_given_up();
  return conclude(c.trial, c.connection->info().address,
                  history_.judge(c.trial, *c.connection, by_origin, gone));
}

bool DialTrials::judge(ExclusiveConnection& c, bool gone) {
  const auto* connection = c.origin_connection();
  if (!exclusive_.is_on_trial(c) || !connection) return false;
  const bool by_origin = !c.ended_by_us() && !connection->is_given_up();
  auto& trial = exclusive_.trial_of(c);
  const bool others_may = conclude(trial, connection->info().address,
                                   history_.judge(trial, *connection, by_origin, gone));
  if (!trial.open) leave(c);
  return others_may;
}

bool DialTrials::pass(ExclusiveConnection& c) {
  if (!exclusive_.is_on_trial(c)) return false;
  const auto outcome = history_.settle(exclusive_.trial_of(c), Verdict::passed, true);
  leave(c);
  return outcome == Outcome::others_may;
}

void DialTrials::leave(ExclusiveConnection& c) {
  const bool was_dialing = exclusive_.leave(c);
  if (was_dialing && (exclusive_.any(DialPhase::waiting) || !queue_.empty()))
    check_.plan(env_.now());
}

void DialTrials::judge_all() {
  if (!history_.back_off().failing()) return;
  connections_.for_each_open([this](auto& c) { judge(c, false); });
  exclusive_.for_each_on_trial([this](auto& c) { judge(c, false); });
}

/// Requests that wait go on while there are tries left for them.
void DialTrials::on_trial_failed(TimePoint began, const std::string& address) {
  const Error error{
      ErrorType::connection_terminated, Side::origin, Phase::tls, Proof::not_sent,
      env_.origin.to_string() + " (" + address + "): the connection ended before its first answer"};
  history_.note_failure(began, error);
  if (any_dialing() || history_.budget().for_waiting(env_.now(), true) > 0) return;
  exclusive_.fail(error, began);
  if (!connections_.any_open()) queue_.fail(error, began);
}

void DialTrials::plan_checks() {
  if (!history_.back_off().failing()) return;
  connections_.for_each_open([this](const auto& c) {
    if (c.trial.open) check_.plan(c.trial.connected + trial_time);
  });
}

/// Whether their dials have succeeded is known when they have lived for long enough.
void DialTrials::plan_checks_of_exclusive() {
  if (!history_.back_off().failing()) return;
  exclusive_.for_each_on_trial(
      [this](auto& c) { check_.plan(exclusive_.trial_of(c).connected + trial_time); });
}

}  // namespace ccnproxy::pool
