#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/proxy_under_test.h"
#include "sim/random.h"
#include "sim/world.h"

namespace ccnproxy::sim {

/// What clients ask of many origins. Requests to each origin come by themselves (Poisson), and in
/// bursts where there are some.
struct Trace {
  std::string_view name;
  std::size_t origins = 0;
  Duration length{};
  Duration mean_gap{};             ///< between requests to one origin; at noon if it has a day
  bool has_day = false;            ///< as many as a cosine over 24 h says, at night a hundredth
  Duration mean_burst_gap{0};      ///< 0: no bursts
  std::size_t burst_requests = 0;  ///< within 50 ms
};

/// Those that the document shows; all last long enough for every origin to be met in each state.
std::vector<Trace> standard_traces();
/// The same with a dozen origins and fewer requests, for a test.
std::vector<Trace> small_traces();

/// When requests to one origin come, and what they are.
class Arrivals {
 public:
  Arrivals(const Trace& trace, std::uint64_t seed, std::size_t index);

  TimePoint next() const { return std::min(single_, burst_); }
  Demand take();

 private:
  void plan_single();
  void plan_burst();
  double part_of_day(TimePoint at) const;

  const Trace& trace_;
  Random random_;
  TimePoint single_ = World::beginning;
  TimePoint burst_ = TimePoint::max();
  TimePoint burst_begun_ = World::beginning;
  std::size_t burst_left_ = 0;
  bool first_ = true;
};

}  // namespace ccnproxy::sim
