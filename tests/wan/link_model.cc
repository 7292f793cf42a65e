#include "link_model.h"

#include <algorithm>
#include <cmath>

namespace ccnproxy::wan {
namespace {

/// Time that `bytes` take on a line of `mbit` Mbit/s: 8 bits over mbit * 10^6 per second.
std::chrono::nanoseconds line_time(double bytes, double mbit) {
  return std::chrono::nanoseconds(std::llround(bytes * 8000.0 / mbit));
}

}  // namespace

LinkModel::Verdict LinkModel::admit(std::size_t bytes, TimePoint now) {
  if (options_.loss_percent > 0 && unit_(random_) * 100 < options_.loss_percent) {
    return {Fate::lost, {}};
  }
  const auto departs = departure(bytes, now);
  if (!departs) return {Fate::queue_full, {}};
  TimePoint due = std::max(*departs + options_.delay + draw_jitter(), now);
  if (!options_.reorder) due = last_due_ = std::max(due, last_due_);
  return {Fate::delivered, due};
}

std::optional<LinkModel::TimePoint> LinkModel::departure(std::size_t bytes, TimePoint now) {
  if (options_.rate_mbit <= 0) return now;
  const TimePoint start = std::max(now, line_free_);
  const auto room = line_time(static_cast<double>(options_.queue_bytes), options_.rate_mbit);
  if (start - now > room) return std::nullopt;
  return line_free_ = start + line_time(static_cast<double>(bytes), options_.rate_mbit);
}

std::chrono::nanoseconds LinkModel::draw_jitter() {
  if (options_.jitter.count() == 0) return {};
  const double share = unit_(random_) * 2 - 1;
  return std::chrono::nanoseconds(
      std::llround(share * static_cast<double>(options_.jitter.count())));
}

}  // namespace ccnproxy::wan
