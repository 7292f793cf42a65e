#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include <boost/container/flat_map.hpp>

#include "ccnproxy/observe/metrics.h"

namespace ccnproxy::admin {

/// The families of metrics that have an origin, in the order in which they are shown.
enum class Family : std::uint8_t {
  requests,
  response_head,         ///< cumulative buckets
  response_head_sum_ns,  ///< of the same histogram
  waits,
  handshakes,
  failed_dials,
  closed,
  retries,
  hedges,
  errors,
  bytes,
};

/// One series of one origin, by its labels but `origin`.
struct Series {
  Family family;
  std::uint32_t rank;  ///< keeps buckets in the order of their bounds
  std::string labels;  ///< `result="ready"`, escaped; empty if the origin is the only one

  auto operator<=>(const Series&) const = default;
};

/// The counters of one origin, by series. A flat map: those of each shown origin stay in memory.
using Counters = boost::container::flat_map<Series, std::uint64_t>;

/// Contains every series with a closed set of labels, also those that are 0.
Counters counters_of(const observe::OriginMetrics& metrics);
void add(Counters& to, const Counters& what);
/// Missing series count as 0; no counter falls below 0.
void subtract(Counters& from, const Counters& what);
/// Whether `now` can follow `before`: no counter went back.
bool goes_on(const Counters& before, const Counters& now);

/// A label's value as the text format wants it: backslash, quote and newline escaped; other bytes
/// that are no text (control bytes, invalid UTF-8) as \u00XX, so that no peer's text can break a
/// scrape.
std::string label_value(std::string_view text);
/// `le` of a histogram's bucket: `0.001`, `+Inf`.
std::string bucket_bound(std::size_t bucket);

}  // namespace ccnproxy::admin
