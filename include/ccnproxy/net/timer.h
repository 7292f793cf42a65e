#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/delegate.h"

namespace ccnproxy {

class TimerWheel;

/// A one-shot timer of one object. Setting it costs no system call and no allocation. Moving it
/// later, as each request does with its idle deadline, costs one store: the wheel looks again at
/// the old time. Cancelled by its destructor. Belongs to its wheel's thread.
class Timer : public boost::intrusive::list_base_hook<
                  boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Timer(TimerWheel& wheel, Delegate<void()> on_expiry) : wheel_(wheel), on_expiry_(on_expiry) {}
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  /// Fires once at or up to one tick after `deadline`, never before. Replaces an earlier setting.
  void set(TimePoint deadline);
  void set_after(Duration delay);
  void cancel() noexcept { deadline_ = never; }
  bool armed() const noexcept { return deadline_ != never; }
  /// Valid while armed.
  TimePoint deadline() const noexcept { return deadline_; }

 private:
  friend class TimerWheel;
  static constexpr TimePoint never = TimePoint::max();

  TimerWheel& wheel_;
  Delegate<void()> on_expiry_;
  TimePoint deadline_ = never;
  TimePoint linked_until_{};  ///< when the slot it hangs in is looked at
};

/// A hashed wheel of coarse timers: deadlines are rounded up to ticks of 8 ms. All operations are
/// O(1) but finding the next occupied slot, which reads at most 64 words. Not thread-safe.
class TimerWheel {
 public:
  static constexpr Duration tick = std::chrono::milliseconds(8);

  explicit TimerWheel(const Clock& clock);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  ~TimerWheel();

  /// Fires what is due at the clock's now. A callback may set, cancel or destroy any timer.
  void advance();
  /// The time of the next call of advance(); no value if no timer is armed.
  std::optional<TimePoint> next() const;
  const Clock& clock() const noexcept { return clock_; }

 private:
  friend class Timer;
  using Slot = boost::intrusive::list<Timer, boost::intrusive::constant_time_size<false>>;
  static constexpr std::size_t slot_count =
      4096;  // 33 s a turn of the wheel; longer waits go round again

  std::int64_t tick_of(TimePoint t) const noexcept;
  void link(Timer& timer);
  void run_slot(std::size_t index, TimePoint now);

  const Clock& clock_;
  TimePoint origin_;
  std::int64_t done_ = 0;  ///< every tick up to this one has been run
  std::array<Slot, slot_count> slots_;
  mutable std::array<std::uint64_t, slot_count / 64>
      occupied_{};  ///< may say yes for a slot that has emptied
};

}  // namespace ccnproxy
