#include "sim/trace.h"

#include <cmath>
#include <numbers>

namespace ccnproxy::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration mean_service = milliseconds(20);
constexpr double idempotent_part = 0.8;  // the others are POSTs
constexpr Duration burst_length = milliseconds(50);

}  // namespace

std::vector<Trace> standard_traces() {
  return {
      {"10 requests/s", 36, hours(1), milliseconds(100)},
      {"1 request/s", 240, hours(1), seconds(1)},
      {"1 request each 10 s", 1200, hours(1), seconds(10)},
      {"1 request each 4 min", 3000, hours(2), minutes(4)},
      {"bursts of 40 each 5 min", 96, hours(1), seconds(60), false, minutes(5), 40},
      {"a day: 1 request/s at noon", 24, hours(24), seconds(1), true},
  };
}

std::vector<Trace> small_traces() {
  auto traces = standard_traces();
  for (auto& trace : traces) {
    trace.origins = 12;
    if (trace.has_day) {
      trace.mean_gap *= 5;
    } else if (trace.mean_gap <= seconds(1)) {
      trace.length /= 2;
    }
  }
  return traces;
}

Arrivals::Arrivals(const Trace& trace, std::uint64_t seed, std::size_t index)
    : trace_(trace), random_(seed, 2, index) {
  plan_single();
  if (trace.burst_requests > 0) plan_burst();
}

Demand Arrivals::take() {
  Demand demand;
  demand.service = random_.exponential(mean_service);
  demand.idempotent = random_.part() < idempotent_part;
  demand.counts = !std::exchange(first_, false);
  single_ <= burst_ ? plan_single() : plan_burst();
  return demand;
}

/// A curve's requests are those of its peak, of which only the curve's part is taken.
void Arrivals::plan_single() {
  do {
    single_ += random_.exponential(trace_.mean_gap);
  } while (trace_.has_day && random_.part() >= part_of_day(single_));
}

void Arrivals::plan_burst() {
  if (burst_left_ == 0) {
    burst_begun_ += random_.exponential(trace_.mean_burst_gap);
    burst_left_ = trace_.burst_requests;
    burst_ = burst_begun_;
  }
  --burst_left_;
  burst_ += burst_length / static_cast<Duration::rep>(trace_.burst_requests);
}

double Arrivals::part_of_day(TimePoint at) const {
  const double days = std::chrono::duration<double>(at - World::beginning) / hours(24);
  return 0.505 - 0.495 * std::cos(2 * std::numbers::pi * days);
}

}  // namespace ccnproxy::sim
