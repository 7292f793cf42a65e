#include "ccnproxy/admin/origin_ledger.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace ccnproxy::admin {
namespace {

std::uint64_t requests_of(const pool::PoolReport& pool) {
  return std::accumulate(pool.metrics.requests.begin(), pool.metrics.requests.end(),
                         std::uint64_t{0},
                         [](auto sum, const auto& by_status) { return sum + by_status.second; });
}

}  // namespace

void OriginLedger::NameSet::assign(std::vector<std::size_t> hashes) {
  hashes_ = std::move(hashes);
  hashes_.shrink_to_fit();
  std::sort(hashes_.begin(), hashes_.end());
}

bool OriginLedger::NameSet::contains(const std::string& name) const {
  return std::binary_search(hashes_.begin(), hashes_.end(), std::hash<std::string>{}(name));
}

void OriginLedger::Named::advance(std::size_t worker, const observe::OriginMetrics& metrics) {
  Counters grown = counters_of(metrics);
  const auto before = counters_of(last[worker]);
  if (goes_on(before, grown)) subtract(grown, before);  // else it is a new pool: all of it is new
  add(total, grown);
  last[worker] = metrics;
}

bool OriginLedger::is_named(const std::string& origin) const { return named_.count(origin) > 0; }

void OriginLedger::update(const Reports& reports) {
  ByWorker pools;
  for (const auto& report : reports.workers) {
    auto& total = totals_[report.worker] = report.forgotten;
    auto& own = pools[report.worker];
    for (const auto& pool : report.pools) {
      total.add(pool.metrics);
      own.emplace(pool.origin, &pool);
    }
  }
  follow_named(pools);
  name_busiest(pools);
  remember_unnamed(pools);
  count_other();
}

void OriginLedger::follow_named(const ByWorker& pools) {
  for (auto it = named_.begin(); it != named_.end();) {
    auto& [origin, named] = *it;
    for (const auto& [worker, own] : pools) {
      const auto found = own.find(origin);
      if (found == own.end())
        named.last.erase(worker);
      else
        named.advance(worker, found->second->metrics);
    }
    it = named.last.empty() ? named_.erase(it) : std::next(it);
  }
}

// Not while a worker that counts it in `other` is silent: what it will say can't be told apart.
bool OriginLedger::may_be_named(const std::string& origin, const ByWorker& pools) const {
  if (is_named(origin)) return false;
  return std::none_of(unnamed_.begin(), unnamed_.end(), [&](const auto& entry) {
    return pools.count(entry.first) == 0 && entry.second.contains(origin);
  });
}

void OriginLedger::name_busiest(const ByWorker& pools) {
  if (named_.size() >= most_names_) return;
  std::map<std::string_view, std::uint64_t> requests;
  for (const auto& [worker, own] : pools) {
    for (const auto& [origin, pool] : own) {
      if (may_be_named(origin, pools)) requests[origin] += requests_of(*pool);
    }
  }
  std::vector<std::pair<std::uint64_t, std::string_view>> candidates;
  for (const auto& [origin, n] : requests) candidates.emplace_back(n, origin);
  const auto names = std::min(candidates.size(), most_names_ - named_.size());
  const auto end = candidates.begin() + static_cast<std::ptrdiff_t>(names);
  std::partial_sort(candidates.begin(), end, candidates.end(), std::greater<>());
  for (auto it = candidates.begin(); it != end; ++it) give_name(std::string(it->second), pools);
}

// What was counted while it was part of `other` stays there.
void OriginLedger::give_name(const std::string& origin, const ByWorker& pools) {
  auto& named = named_[origin];
  for (const auto& [worker, own] : pools) {
    const auto found = own.find(origin);
    if (found == own.end()) continue;
    const auto& metrics = found->second->metrics;
    if (unnamed_[worker].contains(origin)) {
      named.last[worker] = metrics;
      for (const auto& [series, value] : counters_of(metrics)) named.total[series] += 0;
    } else {
      named.advance(worker, metrics);
    }
  }
}

void OriginLedger::remember_unnamed(const ByWorker& pools) {
  for (const auto& [worker, own] : pools) {
    std::vector<std::size_t> hashes;
    for (const auto& [origin, pool] : own) {
      if (!is_named(origin)) hashes.push_back(std::hash<std::string>{}(origin));
    }
    unnamed_[worker].assign(std::move(hashes));
  }
}

void OriginLedger::count_other() {
  observe::OriginMetrics all;
  for (const auto& [worker, total] : totals_) all.add(total);
  Counters other = counters_of(all);
  for (const auto& [origin, named] : named_) subtract(other, named.total);
  // It grows by itself; but CountsByText moves to its own `other` what is beyond its bound, when a
  // pool is forgotten or in the sum above, and that would take it from a reason shown before.
  for (const auto& [series, before] : other_) {
    auto& value = other[series];
    value = std::max(value, before);
  }
  other_ = std::move(other);
}

ShownCounters OriginLedger::shown() const {
  ShownCounters shown;
  shown.reserve(named_.size() + 1);
  for (const auto& [origin, named] : named_) shown.emplace_back(origin, &named.total);
  shown.emplace_back("other", &other_);
  return shown;
}

}  // namespace ccnproxy::admin
