// What one connection's silence means for the others to the same address.

#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {

OriginPool::Trouble& OriginPool::trouble() {
  if (!trouble_) trouble_ = std::make_unique<Trouble>();
  return *trouble_;
}

/// A connection to this address gives no sign of life: do the others? What leaves a process that
/// was stopped should not go to it again.
void OriginPool::doubt_others_to(const std::string& address) {
  review();
  trouble().doubted = address;
  for (const auto state : {State::ready, State::busy}) {
    for (auto& c : list(state)) {
      if (!c.connection_->is_suspicious() && c.connection_->info().address == address)
        c.connection_->check_alive();
    }
  }
}

/// What one connection found out of an address, others to it have not told of.
void OriginPool::review() {
  if (trouble_) trouble_->doubted.clear();
  for (const auto state : {State::ready, State::busy}) {
    for (auto it = list(state).begin(); it != list(state).end();) {
      auto& c = *it++;
      if (c.connection_->is_suspicious()) trouble().doubted = c.connection_->info().address;
      transition(c, state_of(c));
    }
  }
}

bool OriginPool::is_doubted(const PooledConnection& c) const {
  return trouble_ && !trouble_->doubted.empty() &&
         c.connection_->info().address == trouble_->doubted;
}

}  // namespace ccnproxy::pool
