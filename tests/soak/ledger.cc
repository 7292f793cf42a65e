#include "ledger.h"

#include <numeric>

namespace ccnproxy::soak {

void Ledger::executed(std::uint64_t id, const RequestPlan& plan) {
  ++executions_;
  if (id >= executed_.size()) executed_.resize(2 * id + 1024);
  if (executed_[id]) {
    ++repeated_;
    if (!plan.is_idempotent())
      violation(std::string(plan.method) + " " + std::to_string(id) + " was acted on twice");
  }
  executed_[id] = true;
}

void Ledger::violation(std::string what) {
  if (violation_count_++ < most_kept) violations_.push_back(std::move(what));
}

std::uint64_t Ledger::exchanges() const {
  return std::accumulate(std::begin(outcomes_), std::end(outcomes_), std::uint64_t{0});
}

std::string Ledger::summary() const {
  const auto number = [](std::uint64_t n) { return std::to_string(n); };
  const auto faults = std::accumulate(std::begin(acts_) + static_cast<int>(Act::refuse),
                                      std::end(acts_), std::uint64_t{0});
  std::string text = "exchanges " + number(exchanges()) + ": answered " + number(outcomes_[0]) +
                     ", the proxy's own errors " + number(outcomes_[1]) + ", seen to be cut " +
                     number(outcomes_[2]) + ", left by the client " + number(outcomes_[3]) + "\n";
  text += "at the origins: " + number(connections_) + " connections, " + number(executions_) +
          " requests, " + number(repeated_) + " idempotent ones again, " + number(faults) +
          " faults of requests, " + number(logins_) + " logins\nown errors:";
  for (const auto& [type, count] : own_errors_) text += " " + type + "=" + number(count);
  text += "\nviolations " + number(violation_count_) + "\n";
  for (const auto& v : violations_) text += "  " + v + "\n";
  return text;
}

}  // namespace ccnproxy::soak
