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

/// Gilbert's model: the line is good or loses all, and changes with a chance a packet, such that
/// bursts of losses have the length that is asked for and losses the share.
bool LinkModel::loses() {
  const double loss = options_.loss_percent / 100;
  if (loss <= 0) return false;
  if (options_.loss_burst <= 1 || loss >= 1) return unit_(random_) < loss;
  const double ends = 1 / options_.loss_burst;
  const double begins = std::min(1.0, ends * loss / (1 - loss));
  in_burst_ = in_burst_ ? unit_(random_) >= ends : unit_(random_) < begins;
  return in_burst_;
}

LinkModel::Verdict LinkModel::admit(std::size_t bytes, TimePoint now) {
  if (loses()) return {Fate::lost, {}};
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
