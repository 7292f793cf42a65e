#include "ccnproxy/pool/origin_history.h"

#include <algorithm>

namespace ccnproxy::pool {

void OriginHistory::put(const origin::Origin& origin, Record record, TimePoint now) {
  if (record.metrics.requests.empty()) return forgotten_.add(record.metrics);
  if (entries_.size() >= most) {
    forget(std::min_element(entries_.begin(), entries_.end(), [](const auto& a, const auto& b) {
      return a.second.gone_at < b.second.gone_at;
    }));
  }
  entries_.insert_or_assign(origin, Entry{std::move(record), now});
}

std::optional<OriginHistory::Record> OriginHistory::take(const origin::Origin& origin) {
  const auto found = entries_.find(origin);
  if (found == entries_.end()) return std::nullopt;
  auto record = std::move(found->second.record);
  entries_.erase(found);
  return record;
}

std::vector<GoneReport> OriginHistory::report(TimePoint now) {
  std::vector<GoneReport> reports;
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto& [origin, entry] = *it;
    if (now - entry.gone_at > kept) {
      it = forget(it);
      continue;
    }
    reports.push_back({origin.to_string(), entry.record.metrics, entry.record.outcomes.at(now)});
    ++it;
  }
  return reports;
}

OriginHistory::Entries::iterator OriginHistory::forget(Entries::iterator which) {
  forgotten_.add(which->second.record.metrics);
  return entries_.erase(which);
}

}  // namespace ccnproxy::pool
