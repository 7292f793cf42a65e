#include "ccnproxy/base/connection_budget.h"

#include <algorithm>

namespace ccnproxy {
namespace {

/// Adds one unless there are `most`.
bool add_below(std::atomic<std::size_t>& count, std::size_t most) noexcept {
  auto now = count.load(std::memory_order_relaxed);
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
