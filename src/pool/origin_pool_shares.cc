// How a pool with PoolContext::shares gives each address of its origin its share (`upstream`).

#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {

/// The load of the address that a new connection leads to: the one that others to it have already.
std::shared_ptr<AddressLoad> OriginPool::load_of(const std::string& address) const {
  for (const auto& connections : lists_) {
    for (const auto& c : connections) {
      if (c.load_ && c.connection_->info().address == address) return c.load_;
    }
  }
  return std::make_shared<AddressLoad>();
}

/// Counted anew for each request: a count kept beside the connections would have to be right in
/// every one of their ends.
void OriginPool::count_loads() {
  const auto for_each = [this](auto&& f) {
    for (const auto state : {State::ready, State::busy, State::draining}) {
      for (auto& c : list(state)) f(c);
    }
  };
  for_each([](auto& c) { c.load_->streams = 0; });
  for_each([](auto& c) { c.load_->streams += c.connection_->streams(); });
}

PooledConnection* OriginPool::find_share(std::uint64_t avoid) {
  count_loads();
  const auto moment = now();
  PooledConnection* best = nullptr;
  SharePlace best_place;
  for (auto& c : list(State::ready)) {
    if (c.connection_->info().serial == avoid || c.connection_->capacity() == 0) continue;
    if (moment >= c.lendable_until_) continue;
    const auto facts = facts_of(c);
    const SharePlace place{facts.leaving, *c.load_, placement_score(facts)};
    if (best && !is_better_share(place, best_place)) continue;
    best = &c;
    best_place = place;
  }
  return best;
}

/// Whether no other connection that stays leads to its address.
bool OriginPool::is_last_of_address(const PooledConnection& c) const {
  for (const auto state : {State::ready, State::busy}) {
    for (const auto& other : list(state)) {
      if (&other != &c && other.load_ == c.load_ && other.leaving_.empty()) return false;
    }
  }
  return true;
}

}  // namespace ccnproxy::pool
