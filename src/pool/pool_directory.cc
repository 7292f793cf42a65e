#include "ccnproxy/pool/pool_directory.h"

#include <algorithm>
#include <limits>

namespace ccnproxy::pool {
namespace {

/// Relaxed: a number by itself, nothing is published with it, and nothing sleeps until it falls.
bool take_below(std::atomic<std::uint32_t>& count, std::uint32_t most) noexcept {
  auto now = count.load(std::memory_order_relaxed);
  do {
    if (now >= most) return false;
  } while (!count.compare_exchange_weak(now, now + 1, std::memory_order_relaxed));
  return true;
}

}  // namespace

bool SharedOrigin::take_connection(std::size_t worker, std::uint32_t most) noexcept {
  constexpr auto no_limit = std::numeric_limits<std::uint32_t>::max();
  if (!take_below(connections_, most == 0 ? no_limit : most)) return false;
  workers_[worker].connections.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void SharedOrigin::give_back_connection(std::size_t worker) noexcept {
  workers_[worker].connections.fetch_sub(1, std::memory_order_relaxed);
  connections_.fetch_sub(1, std::memory_order_relaxed);
}

bool SharedOrigin::take_waiting(std::uint32_t most) noexcept { return take_below(waiting_, most); }

std::optional<std::size_t> SharedOrigin::ready_elsewhere(std::size_t self) const noexcept {
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (i != self && workers_[i].ready.load(std::memory_order_relaxed)) return i;
  }
  return std::nullopt;
}

std::uint32_t SharedOrigin::note_migration(std::size_t self, TimePoint now) noexcept {
  auto& own = workers_[self];
  if (now - own.migrated_since >= std::chrono::seconds(1)) {
    own.migrated_since = now;
    own.migrated = 0;
  }
  return ++own.migrated;
}

std::optional<std::size_t> SharedOrigin::open_elsewhere(std::size_t self) const noexcept {
  std::optional<std::size_t> best;
  std::uint32_t most = 0;
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const auto n = workers_[i].connections.load(std::memory_order_relaxed);
    if (i == self || n <= most) continue;
    most = n;
    best = i;
  }
  return best;
}

std::shared_ptr<SharedOrigin> PoolDirectory::find(const origin::Origin& origin) {
  if (workers_ == 1) return std::make_shared<SharedOrigin>(1);  // no other worker looks for it
  const std::lock_guard lock(mutex_);
  if (origins_.size() >= sweep_at_) forget_unused();
  auto& entry = origins_[origin];
  auto found = entry.lock();
  if (!found) entry = found = std::make_shared<SharedOrigin>(workers_);
  return found;
}

std::optional<std::size_t> PoolDirectory::migration_target(const origin::Origin& origin,
                                                           std::size_t self, TimePoint now) {
  if (workers_ == 1) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto it = origins_.find(origin);
  const auto known = it == origins_.end() ? nullptr : it->second.lock();
  if (!known) return std::nullopt;
  const auto other = known->ready_elsewhere(self);
  // The next one is worth a connection: the pool that is made for it will count it.
  const bool is_enough =
      other && known->note_migration(self, now) + 1 >= SharedOrigin::migrations_worth_a_connection;
  return is_enough ? std::nullopt : other;
}

void PoolDirectory::forget_unused() {
  std::erase_if(origins_, [](const auto& entry) { return entry.second.expired(); });
  sweep_at_ = std::max<std::size_t>(1024, origins_.size() * 2);
}

}  // namespace ccnproxy::pool
