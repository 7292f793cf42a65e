#include "ccnproxy/pool/pools.h"

namespace ccnproxy::pool {
namespace {
constexpr Duration sweep_every = std::chrono::seconds(30);
/// A pool that was used just now may be on the stack, or about to be asked again by a retry.
constexpr Duration just_now = std::chrono::seconds(1);
}  // namespace

Pools::Pools(std::size_t limit, TimerWheel& timers, MakePool make)
    : limit_(limit),
      timers_(timers),
      make_(std::move(make)),
      sweep_timer_(timers, Delegate<void()>::to<&Pools::forget_empty>(this)) {}

OriginPool* Pools::find(const origin::Origin& origin) {
  if (const auto it = pools_.find(origin); it != pools_.end()) return it->second.get();
  if (pools_.size() >= limit_) forget_empty();
  if (pools_.size() >= limit_) return nullptr;
  auto pool = make_(origin);
  if (draining_) pool->drain();
  if (!sweep_timer_.armed()) sweep_timer_.set_after(sweep_every);
  return pools_.emplace(origin, std::move(pool)).first->second.get();
}

void Pools::drain() {
  draining_ = true;
  for (auto& [origin, pool] : pools_) pool->drain();
}

bool Pools::empty() const {
  return std::all_of(pools_.begin(), pools_.end(),
                     [](const auto& entry) { return entry.second->empty(); });
}

void Pools::forget_empty() {
  const auto before = timers_.clock().now() - just_now;
  std::erase_if(pools_, [&](const auto& entry) {
    return entry.second->empty() && entry.second->last_used() < before;
  });
  if (!pools_.empty()) sweep_timer_.set_after(sweep_every);
}

}  // namespace ccnproxy::pool
