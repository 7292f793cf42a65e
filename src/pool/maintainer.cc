#include "ccnproxy/pool/maintainer.h"

namespace ccnproxy::pool {

void Maintainer::note_demand() {
  const bool one_more_unproven = lender_.take_turned_unproven();
  const bool rises = demand_.note();
  if (rises || one_more_unproven) upkeep();
  if (!check_.is_planned()) check_.plan(demand_.kept_until());
}

void Maintainer::note_bulk_demand() {
  if (bulk_.note_demand()) upkeep();
}

void Maintainer::catch_up() {
  if (lifetimes_.catch_up() && connections_.any_open()) check_.plan(env_.now());
}

void Maintainer::upkeep() {
  catch_up();
  scheduler_.start();
  replacement_.end_replaced();
  drain_connections();
  plan_next_check();
}

void Maintainer::check() {
  const auto now = env_.now();
  lender_.expire(now);
  catch_up();
  lender_.share_at_last(now);
  suspicion_.review();
  trials_.judge_all();
  replacement_.mark_due(now);
  replacement_.end_outdated(now);
  idle_.end_surplus(now);
  upkeep();
}

void Maintainer::drain_connections() {
  if (!usage_.draining() || !queue_.empty()) return;
  connections_.for_each_open([this](auto& c) { connections_.end(c, "shutting down"); });
}

/// When something may have to be done although nothing happens.
void Maintainer::plan_next_check() {
  const auto now = env_.now();
  if (const auto due = queue_.next_due(now)) check_.plan(*due);
  if (usage_.draining()) return;
  const bool kept = demand_.keep_ready();
  if (kept && history_.back_off().holds(now)) check_.plan(history_.back_off().next());
  trials_.plan_checks_of_exclusive();
  replacement_.plan_checks(now);
  if (!connections_.any_open()) return;
  if (kept && !usage_.kept_for_ever()) check_.plan(demand_.kept_until());
  trials_.plan_checks();
  idle_.plan_checks(now);
}

}  // namespace ccnproxy::pool
