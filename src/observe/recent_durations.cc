#include "ccnproxy/observe/recent_durations.h"

#include <cmath>

namespace ccnproxy::observe {
namespace {

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

double quantile(const DurationSpan& span, double share) noexcept {
  const auto total = span.histogram.total();
  if (total == 0) return 0;
  const double rank = share * static_cast<double>(total);
  double below = 0;
  std::size_t bucket = 0;
  for (; bucket + 1 < Histogram::buckets; ++bucket) {
    const auto here = static_cast<double>(span.histogram.count(bucket));
    if (below + here >= rank && here > 0) break;
    below += here;
  }
  const auto here = static_cast<double>(span.histogram.count(bucket));
  const double shortest = seconds(span.shortest);
  const double longest = seconds(span.longest);
  const bool last = bucket + 1 == Histogram::buckets;
  const double from = std::max(shortest, bucket == 0 ? 0 : Histogram::bound(bucket - 1));
  const double to = std::min(longest, last ? longest : Histogram::bound(bucket));
  return here == 0 ? longest : from + (to - from) * std::min(1.0, (rank - below) / here);
}

DurationSpan RecentDurations::value(TimePoint now) const noexcept {
  if (now - began_ >= 2 * period) return {};
  auto span = current_;
  if (now - began_ < period) span.add(previous_);
  return span;
}

void RecentDurations::turn(TimePoint now) noexcept {
  previous_ = now - began_ < 2 * period ? current_ : DurationSpan{};
  current_ = {};
  began_ = now;
}

}  // namespace ccnproxy::observe
