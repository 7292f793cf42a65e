#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/net/deferred_delete.h"
#include "ccnproxy/net/timer.h"

namespace ccnproxy::sim {

class World;

/// A thing that will happen at an exact moment of the world's time; does not if it is destroyed or
/// set anew before. (The daemon's own timers run beside, on the wheel.)
class Alarm {
 public:
  Alarm(World& world, Delegate<void()> ring) : world_(world), ring_(ring) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { cancel(); }

  void set(TimePoint at);
  void cancel();

 private:
  friend class World;
  World& world_;
  Delegate<void()> ring_;
  bool is_set_ = false;
  std::multimap<TimePoint, Alarm*>::iterator place_;
};

/// Time that jumps from one event to the next, and what a worker gives its objects: timers, a death
/// between turns, a common count of dials. Events of the same moment happen in the order in which
/// they were set.
class World final : public Clock {
 public:
  static constexpr TimePoint beginning{std::chrono::hours(1000)};

  World() : wheel_(*this) {}

  TimePoint now() const noexcept override { return now_; }
  TimerWheel& timers() noexcept { return wheel_; }
  /// How many dials the pools have under way together.
  const std::shared_ptr<std::size_t>& dials() const noexcept { return dials_; }
  void defer_delete(std::unique_ptr<DeferredDelete> object) { dying_.push_back(std::move(object)); }
  /// Lets everything happen that happens before `end`.
  void run_until(TimePoint end);

 private:
  friend class Alarm;
  bool step(TimePoint end);

  TimePoint now_ = beginning;
  std::multimap<TimePoint, Alarm*> alarms_;
  TimerWheel wheel_;
  std::vector<std::unique_ptr<DeferredDelete>> dying_;
  std::shared_ptr<std::size_t> dials_ = std::make_shared<std::size_t>(0);
};

}  // namespace ccnproxy::sim
