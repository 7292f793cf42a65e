#include "ccnproxy/pool/pools.h"

namespace ccnproxy::pool {
namespace {
constexpr Duration sweep_every = std::chrono::seconds(30);
/// A pool that was used just now may be on the stack, or about to be asked again by a retry.
constexpr Duration just_now = std::chrono::seconds(1);
/// What is given up needs a turn of the loop to close; until then so many more may stand.
constexpr std::size_t most_over(std::size_t limit) { return limit + limit / 16; }
}  // namespace

Pools::Pools(std::size_t limit, TimerWheel& timers, MakePool make)
    : limit_(limit),
      timers_(timers),
      make_(std::move(make)),
      sweep_timer_(timers, Delegate<void()>::to<&Pools::forget_empty>(this)) {}

OriginPool* Pools::known(const origin::Origin& origin) const {
  const auto it = pools_.find(origin);
  return it == pools_.end() ? nullptr : it->second.get();
}

OriginPool* Pools::find(const origin::Origin& origin) {
  if (auto* pool = known(origin)) return pool;
  if (pools_.size() >= limit_) {
    forget_empty();
    if (pools_.size() >= limit_) give_up_oldest();
    if (pools_.size() >= most_over(limit_)) return nullptr;
  }
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
    auto& pool = *entry.second;
    if (!pool.empty() || pool.is_kept() || pool.last_used() >= before) return false;
    forgotten_.add(pool.metrics());
    return true;
  });
  if (!pools_.empty()) sweep_timer_.set_after(sweep_every);
}

void Pools::for_each(const std::function<void(OriginPool&)>& act) const {
  for (const auto& [origin, pool] : pools_) act(*pool);
}

/// A sixteenth of them at once, so that not each new origin has to look for its victim.
void Pools::give_up_oldest() {
  std::vector<OriginPool*> candidates;
  for (auto& [origin, pool] : pools_) {
    if (!pool->kept_for_ever()) candidates.push_back(pool.get());
  }
  const auto n = std::min(candidates.size(), limit_ / 16 + 1);
  const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(n);
  std::partial_sort(candidates.begin(), middle, candidates.end(),
                    [](auto* a, auto* b) { return a->last_used() < b->last_used(); });
  std::for_each(candidates.begin(), middle, [](auto* pool) { pool->give_up(); });
  sweep_timer_.set_after(just_now);
}

std::vector<PoolReport> Pools::report() const {
  std::vector<PoolReport> reports;
  reports.reserve(pools_.size());
  for (const auto& [origin, pool] : pools_) reports.push_back(pool->report());
  return reports;
}

std::vector<OriginMemory> Pools::memories() const {
  std::vector<OriginMemory> memories;
  for (const auto& [origin, pool] : pools_) memories.push_back(pool->memory());
  return memories;
}

std::size_t Pools::not_ready(std::string& origins) const {
  std::size_t n = 0;
  for (const auto& [origin, pool] : pools_) {
    if (pool->is_ready() || !(pool->kept_for_ever() || pool->remembered())) continue;
    if (++n <= 3) origins.append(origins.empty() ? "" : ", ").append(origin.to_string());
  }
  return n;
}

}  // namespace ccnproxy::pool
