#include "ccnproxy/pool/pools.h"

#include <algorithm>

namespace ccnproxy::pool {
namespace {
constexpr Duration sweep_every = std::chrono::seconds(30);
/// A pool that was used just now may be asked again by a retry.
constexpr Duration just_now = std::chrono::seconds(1);
/// Where little room was found, all pools are looked at no more often than that, even in a flood of
/// names.
constexpr Duration look_again = std::chrono::milliseconds(20);
/// What is given up needs a turn of the loop to close; until then so many more may stand.
constexpr std::size_t most_over(std::size_t limit) { return limit + limit / 16; }
}  // namespace

Pools::Pools(std::size_t limit, TimerWheel& timers, MakePool make)
    : limit_(limit),
      timers_(timers),
      make_(std::move(make)),
      sweep_timer_(timers, Delegate<void()>::to<&Pools::sweep>(this)),
      burial_timer_(timers, Delegate<void()>::to<&Pools::bury>(this)) {}

OriginPool* Pools::known(const origin::Origin& origin) const {
  const auto it = pools_.find(origin);
  return it == pools_.end() ? nullptr : it->get();
}

OriginPool* Pools::find(const origin::Origin& origin) {
  if (auto* pool = known(origin)) return pool;
  if (pools_.size() >= limit_) make_room();
  if (pools_.size() >= most_over(limit_)) return nullptr;
  auto pool = make_(origin);
  if (auto counted = history_.take(origin)) {
    pool->metrics() = std::move(counted->metrics);
    pool->outcomes() = std::move(counted->outcomes);
  }
  if (draining_) pool->drain();
  if (!sweep_timer_.armed()) sweep_timer_.set_after(sweep_every);
  return pools_.insert(std::move(pool)).first->get();
}

void Pools::drain() {
  draining_ = true;
  for (const auto& pool : pools_) pool->drain();
}

bool Pools::empty() const {
  return std::all_of(pools_.begin(), pools_.end(), [](const auto& pool) { return pool->empty(); });
}

/// Names that lead nowhere go first, however young they are, then the origins that were asked
/// longest ago. Not an origin for names that were never heard of and are still being looked up:
/// a flood of those is what there is no room for.
void Pools::make_room() {
  const auto now = timers_.clock().now();
  if (no_room_at_ && now < *no_room_at_ + look_again) return;
  const auto before = pools_.size();
  forget_empty(now, true);
  no_room_at_.reset();
  if (before - pools_.size() <= limit_ / 64) no_room_at_ = now;
  if (pools_.size() < limit_) return;
  const auto unproven = std::count_if(pools_.begin(), pools_.end(),
                                      [](const auto& pool) { return !pool->has_answered(); });
  if (static_cast<std::size_t>(unproven) < limit_ / 2) give_up_oldest();
}

void Pools::sweep() {
  forget_empty(timers_.clock().now() - just_now, false);
  if (!pools_.empty()) sweep_timer_.set_after(sweep_every);
}

void Pools::for_each(const std::function<void(OriginPool&)>& act) const {
  for (const auto& pool : pools_) act(*pool);
}

/// Those that were last used before then. One of them may be on the stack: they go later.
void Pools::forget_empty(TimePoint used_before, bool with_abandoned) {
  for (auto it = pools_.begin(); it != pools_.end();) {
    auto& pool = **it;
    const bool is_empty = pool.empty() || (with_abandoned && pool.is_abandoned());
    const bool is_kept = pool.is_kept() && (pool.has_answered() || !with_abandoned);
    if (!is_empty || is_kept || pool.last_used() > used_before) {
      ++it;
      continue;
    }
    history_.put(pool.origin(), {pool.metrics(), pool.outcomes()}, timers_.clock().now());
    dead_.push_back(std::move(pools_.extract(it++).value()));
  }
  if (!dead_.empty()) burial_timer_.set_after(Duration(0));
}

/// A sixteenth of them at once, so that not each new origin has to look for its victim.
void Pools::give_up_oldest() {
  std::vector<OriginPool*> candidates;
  for (const auto& pool : pools_) {
    if (!pool->kept_for_ever() && pool->has_answered()) candidates.push_back(pool.get());
  }
  const auto n = std::min(candidates.size(), limit_ / 16 + 1);
  const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(n);
  std::partial_sort(candidates.begin(), middle, candidates.end(),
                    [](auto* a, auto* b) { return a->last_used() < b->last_used(); });
  std::for_each(candidates.begin(), middle, [](auto* pool) { pool->give_up(); });
  sweep_timer_.set_after(just_now);
}

std::size_t Pools::let_go(std::size_t most, ConnectionBudget::For purpose) {
  auto gone = let_go_of_spare(most);
  if (gone < most) gone += let_go_of_origins(most - gone, false);
  if (gone < most && purpose == ConnectionBudget::For::request)
    gone += let_go_of_origins(most - gone, true);
  return gone;
}

std::size_t Pools::let_go_of_spare(std::size_t most) {
  std::vector<OriginPool::Spare> spare;
  for (const auto& pool : pools_) pool->list_spare(spare);
  const auto n = std::min(most, spare.size());
  const auto middle = spare.begin() + static_cast<std::ptrdiff_t>(n);
  std::partial_sort(spare.begin(), middle, spare.end(),
                    [](auto& a, auto& b) { return a.idle_since < b.idle_since; });
  return static_cast<std::size_t>(std::count_if(
      spare.begin(), middle, [](auto& one) { return one.pool->let_go(*one.connection); }));
}

std::size_t Pools::let_go_of_origins(std::size_t most, bool kept_for_ever) {
  std::vector<OriginPool*> candidates;
  for (const auto& pool : pools_) {
    if (pool->kept_for_ever() == kept_for_ever && pool->count(PooledConnection::State::ready) > 0)
      candidates.push_back(pool.get());
  }
  std::sort(candidates.begin(), candidates.end(),
            [](auto* a, auto* b) { return a->last_used() < b->last_used(); });
  std::size_t gone = 0;
  for (auto it = candidates.begin(); it != candidates.end() && gone < most; ++it)
    gone += (*it)->let_go_of_idle();
  return gone;
}

std::vector<PoolReport> Pools::report() const {
  std::vector<PoolReport> reports;
  reports.reserve(pools_.size());
  for (const auto& pool : pools_) reports.push_back(pool->report());
  return reports;
}

std::vector<GoneReport> Pools::gone() { return history_.report(timers_.clock().now()); }

std::vector<OriginSnapshot> Pools::snapshots() const {
  std::vector<OriginSnapshot> snapshots;
  for (const auto& pool : pools_) snapshots.push_back(pool->memory());
  return snapshots;
}

std::size_t Pools::not_ready(std::string& origins) const {
  std::size_t n = 0;
  for (const auto& pool : pools_) {
    if (pool->is_ready() || !(pool->kept_for_ever() || pool->remembered())) continue;
    // One that is only remembered and has no room is dialled at its next request.
    if (!pool->kept_for_ever() && !pool->room().has_room(ConnectionBudget::For::ahead)) continue;
    if (++n <= 3) origins.append(origins.empty() ? "" : ", ").append(pool->origin().to_string());
  }
  return n;
}

}  // namespace ccnproxy::pool
