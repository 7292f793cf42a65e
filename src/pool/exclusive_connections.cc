#include "ccnproxy/pool/exclusive_connections.h"

#include "ccnproxy/base/quantity_text.h"

namespace ccnproxy::pool {

bool ExclusiveConnections::take_place() {
  auto& shared = *env_.context.shared;
  const auto worker = env_.context.worker->index;
  const auto most = env_.settings->max_connections;
  return shared.take_connection(worker, most) ||
         (idle_.end_one_for_place() && shared.take_connection(worker, most));
}

Error ExclusiveConnections::no_place(std::string_view what) const {
  auto text = "no connection is left for " + std::string(what);
  const auto& budget = *env_.room().budget();
  if (budget.is_full_of_tunnels()) {
    text += ": tunnels and logins hold all ";
    text += std::to_string(budget.most_tunnels());
    text +=
        " that they may, three quarters of the process's connections to origins; raise "
        "limits.origin_connections, or the limit of open files";
  } else {
    text += ": all ";
    text += std::to_string(env_.settings->max_connections);
    text += " to this origin are in use; raise pool.max_connections";
  }
  return env_.no_connection(text);
}

/// Of `pool.max_pending` those that wait with their dial's request, not those whose dial may begin
/// at once.
std::optional<Error> ExclusiveConnections::no_wait_for_dial() {
  if (auto refusal = gate_.refusal_of_dial()) return refusal;
  if (env_.context.shared->waiting() < env_.settings->max_pending) return std::nullopt;
  auto need = scheduler_.need();
  ++need.exclusive_waiting;
  if (!need.failing) ++need.for_waiting;  // which its request will pay for
  if (exclusive_dials_to_start(need) == need.exclusive_waiting) return std::nullopt;
  return env_.too_many_pending();
}

void ExclusiveConnections::want_dial(ExclusiveConnection& c) {
  if (dials_.want(c, env_.now())) history_.budget().on_wait();
  scheduler_.start();
  dials_.count_waiting(c, env_.settings->max_pending);
}

Error ExclusiveConnections::no_dial() const {
  auto why = "no dial could begin within " + time_text(env_.queue_deadline);
  why += " (dials to an origin that fails are one at a time, ";
  why += std::to_string(static_cast<int>(DialBudget::tries_a_second));
  why += " a second)";
  if (const auto& last = history_.last_failure()) why += "; last: " + last->detail;
  return env_.no_connection(why);
}

void ExclusiveConnections::on_failed(ExclusiveConnection& c, const Error& error) {
  trials_.leave(c);
  trials_.on_dial_failed(dials_.trial_of(c).began, error);
  maintainer_.drain_connections();
}

/// Others wait to see whether the origin can be connected to at all.
void ExclusiveConnections::on_connected(ExclusiveConnection& c) {
  dials_.note_connected(c, env_.now());
  trials_.on_connected();
  scheduler_.note_answer();
  scheduler_.start();
  trials_.plan_checks_of_exclusive();
}

void ExclusiveConnections::on_change(ExclusiveConnection& c) {
  const auto* connection = c.origin_connection();
  const bool gone = connection && connection->is_draining() && connection->streams() == 0;
  if (trials_.judge(c, gone)) maintainer_.upkeep();
}

void ExclusiveConnections::on_closed(ExclusiveConnection& c) {
  if (trials_.judge(c, true)) maintainer_.upkeep();
}

/// Nothing is held against the origin, and the next one is as good as its first.
void ExclusiveConnections::on_put_off(ExclusiveConnection& c) {
  dials_.put_off(c);
  trials_.leave(c);
}

void ExclusiveConnections::on_switched(ExclusiveConnection& c) {
  if (trials_.pass(c)) maintainer_.upkeep();
}

void ExclusiveConnections::on_http1_refused() {
  http1_refusals_.on_refused(env_.now(), env_.random());
  env_.decide("the origin refuses HTTP/1.1");
}

Error ExclusiveConnections::http1_refused() const {
  const auto left =
      std::max(std::chrono::milliseconds(0),
               std::chrono::ceil<std::chrono::milliseconds>(http1_refusals_.next() - env_.now()));
  return {ErrorType::http_upgrade_failed, Side::origin, Phase::tls, Proof::not_sent,
          env_.origin.to_string() +
              ": has just refused HTTP/1.1, which an upgrade needs; it is asked again in " +
              time_text(left)};
}

void ExclusiveConnections::end_where_needed(bool barred, bool replace) {
  for (auto it = all_.begin(); it != all_.end();) {
    auto& c = *it++;  // its end may be told at once
    const auto address = c.peer_address();
    if (!address.empty() && env_.dialer->is_prohibited(std::string(address)))
      c.end_after_request(prohibited_now);
    else if (barred)
      c.end_after_request("the configuration allows the origin no more");
    else if (replace)
      c.end_after_request(configuration_changed);
  }
}

}  // namespace ccnproxy::pool
