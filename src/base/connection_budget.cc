#include "ccnproxy/base/connection_budget.h"

#include <algorithm>

namespace ccnproxy {
namespace {

/// Adds one unless there are `most`. Not relaxed: a thread that finds no room after want() must not
/// miss what is given back by one that has not seen that want. Each stores its own and then loads
/// the other's, which weakly ordered processors would turn round.
bool add_below(std::atomic<std::size_t>& count, std::size_t most) noexcept {
  auto now = count.load();
  do {
    if (now >= most) return false;
  } while (!count.compare_exchange_weak(now, now + 1));
  return true;
}

}  // namespace

std::size_t ConnectionBudget::most_for(For purpose) const noexcept {
  const auto all = limit();
  return purpose == For::ahead ? all - all / 8 : all;
}

std::size_t ConnectionBudget::most_tunnels() const noexcept {
  const auto all = limit();
  return all - all / 4;
}

ConnectionLease ConnectionBudget::take(For purpose) {
  if (purpose == For::tunnel && !add_below(tunnels_, most_tunnels())) return {};
  if (add_below(used_, most_for(purpose))) return {shared_from_this(), purpose};
  if (purpose == For::tunnel) tunnels_.fetch_sub(1);
  return {};
}

void ConnectionBudget::give_back(For purpose) noexcept {
  if (purpose == For::tunnel) tunnels_.fetch_sub(1);
  used_.fetch_sub(1);
  for (std::size_t worker = 0; worker < short_.size(); ++worker) {
    if (short_[worker].load() && short_[worker].exchange(false) && tell_) tell_(worker);
  }
}

std::size_t ConnectionBudget::crowd() const noexcept {
  const auto most = limit() - limit() / 16;
  const auto held = used();
  return held > most ? held - most : 0;
}

}  // namespace ccnproxy
