#include "ccnproxy/admin/origin_ledger.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace ccnproxy::admin {
namespace {

std::uint64_t requests_of(const observe::OriginMetrics& metrics) {
  return std::accumulate(metrics.requests.begin(), metrics.requests.end(), std::uint64_t{0},
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
  ByWorker origins;
  for (const auto& report : reports.workers) {
    auto& total = totals_[report.worker] = report.forgotten;
    auto& own = origins[report.worker];
    const auto count = [&](const std::string& origin, Counted counted) {
      total.add(*counted.metrics);
      own.emplace(origin, counted);
    };
    for (const auto& pool : report.pools) count(pool.origin, {&pool.metrics, true});
    for (const auto& gone : report.gone) count(gone.origin, {&gone.metrics, false});
  }
  follow_named(origins);
  name_busiest(origins);
  remember_unnamed(origins);
  count_other();
}

void OriginLedger::follow_named(const ByWorker& origins) {
  for (auto it = named_.begin(); it != named_.end();) {
    auto& [origin, named] = *it;
    for (const auto& [worker, own] : origins) {
      const auto found = own.find(origin);
      if (found == own.end())
        named.last.erase(worker);
      else
        named.advance(worker, *found->second.metrics);
    }
    it = named.last.empty() ? named_.erase(it) : std::next(it);
  }
}

// Not while a worker that counts it in `other` is silent: what it will say can't be told apart.
bool OriginLedger::may_be_named(const std::string& origin, const ByWorker& origins) const {
  if (is_named(origin)) return false;
  return std::none_of(unnamed_.begin(), unnamed_.end(), [&](const auto& entry) {
    return origins.count(entry.first) == 0 && entry.second.contains(origin);
  });
}

void OriginLedger::name_busiest(const ByWorker& origins) {
  struct Candidate {
    bool has_pool = false;
    std::uint64_t requests = 0;
    auto operator<=>(const Candidate&) const = default;
  };
  std::map<std::string_view, Candidate> candidates;
  for (const auto& [worker, own] : origins) {
    for (const auto& [origin, counted] : own) {
      if (!may_be_named(origin, origins)) continue;
      auto& candidate = candidates[origin];
      candidate.has_pool |= counted.has_pool;
      candidate.requests += requests_of(*counted.metrics);
    }
  }
  std::vector<std::pair<Candidate, std::string_view>> ranked;
  for (const auto& [origin, candidate] : candidates) ranked.emplace_back(candidate, origin);
  const auto with_pool = static_cast<std::size_t>(std::count_if(
      ranked.begin(), ranked.end(), [](const auto& one) { return one.first.has_pool; }));
  make_room(with_pool, origins);
  const auto names = std::min(ranked.size(), most_names_ - named_.size());
  const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(names);
  std::partial_sort(ranked.begin(), end, ranked.end(), std::greater<>());
  for (auto it = ranked.begin(); it != end; ++it) give_name(std::string(it->second), origins);
}

// For so many names, as far as there are origins without a pool that have one. A silent worker may
// have a pool for those that it had one for.
void OriginLedger::make_room(std::size_t names, const ByWorker& origins) {
  const auto is_gone = [&](const auto& entry) {
    const auto& [origin, named] = entry;
    return std::all_of(named.last.begin(), named.last.end(), [&](const auto& last) {
      const auto worker = origins.find(last.first);
      if (worker == origins.end()) return false;
      const auto found = worker->second.find(origin);
      return found == worker->second.end() || !found->second.has_pool;
    });
  };
  for (auto it = named_.begin(); it != named_.end() && named_.size() + names > most_names_;)
    it = is_gone(*it) ? named_.erase(it) : std::next(it);
}

// What was counted while it was part of `other` stays there.
void OriginLedger::give_name(const std::string& origin, const ByWorker& origins) {
  auto& named = named_[origin];
  for (const auto& [worker, own] : origins) {
    const auto found = own.find(origin);
    if (found == own.end()) continue;
    const auto& metrics = *found->second.metrics;
    if (unnamed_[worker].contains(origin)) {
      named.last[worker] = metrics;
      for (const auto& [series, value] : counters_of(metrics)) named.total[series] += 0;
    } else {
      named.advance(worker, metrics);
    }
  }
}

void OriginLedger::remember_unnamed(const ByWorker& origins) {
  for (const auto& [worker, own] : origins) {
    std::vector<std::size_t> hashes;
    for (const auto& [origin, counted] : own) {
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
