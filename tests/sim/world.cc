#include "sim/world.h"

#include <algorithm>
#include <utility>

namespace ccnproxy::sim {

void Alarm::set(TimePoint at) {
  cancel();
  place_ = world_.alarms_.emplace(std::max(at, world_.now()), this);
  is_set_ = true;
}

void Alarm::cancel() {
  if (std::exchange(is_set_, false)) world_.alarms_.erase(place_);
}

void World::run_until(TimePoint end) {
  while (step(end)) {
  }
  now_ = end;
}

bool World::step(TimePoint end) {
  const auto alarm = alarms_.empty() ? end : alarms_.begin()->first;
  const auto timer = wheel_.next().value_or(end);
  const auto at = std::min(alarm, timer);
  if (at >= end) return false;
  now_ = std::max(now_, at);
  if (timer <= alarm) {
    wheel_.advance();
  } else {
    auto& due = *alarms_.begin()->second;
    due.cancel();
    due.ring_();
  }
  const auto dying = std::exchange(dying_, {});
  return true;
}

}  // namespace ccnproxy::sim
