#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/observe/origin_outcomes.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/pool/pool_report.h"

namespace ccnproxy::pool {

/// Counters of origins whose pools are gone. They are kept for an hour, and given back to the
/// next pool of the same origin: the pool of an origin that is down and asked once in a while comes
/// and goes between two scrapes, and what is counted of it would never be seen to grow.
///
/// Bounded: beyond `most` origins, those gone for the longest time are only part of forgotten().
/// Pure, told of time; belongs to the worker's thread.
class OriginHistory {
 public:
  static constexpr Duration kept = std::chrono::hours(1);
  static constexpr std::size_t most = 128;

  struct Record {
    observe::OriginMetrics metrics;
    observe::OriginOutcomes outcomes;
  };

  /// A record without a request has nothing to tell by name.
  void put(const origin::Origin& origin, Record record, TimePoint now);
  std::optional<Record> take(const origin::Origin& origin);
  /// In no order. Forgets what is older than `kept`.
  std::vector<GoneReport> report(TimePoint now);
  /// Sum of the counters of all origins that are no longer kept by name.
  const observe::OriginMetrics& forgotten() const noexcept { return forgotten_; }

 private:
  struct Entry {
    Record record;
    TimePoint gone_at;
  };
  using Entries = std::unordered_map<origin::Origin, Entry, origin::OriginHash>;

  Entries::iterator forget(Entries::iterator which);

  Entries entries_;
  observe::OriginMetrics forgotten_;
};

}  // namespace ccnproxy::pool
