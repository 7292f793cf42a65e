#include "ccnproxy/net/timer.h"

#include <bit>

namespace ccnproxy {

void Timer::set(TimePoint deadline) {
  deadline_ = deadline;
  if (is_linked() && linked_until_ <= deadline) return;  // the slot passes earlier and looks again
  wheel_.link(*this);
}

void Timer::set_after(Duration delay) { set(wheel_.clock_.now() + delay); }

TimerWheel::TimerWheel(const Clock& clock) : clock_(clock), origin_(clock.now()) {}

TimerWheel::~TimerWheel() {
  for (auto& slot : slots_) slot.clear();
}

std::int64_t TimerWheel::tick_of(TimePoint t) const noexcept {
  return (t - origin_ + tick - Duration(1)) / tick;  // rounded up: never early
}

void TimerWheel::link(Timer& timer) {
  timer.unlink();
  const auto t = std::max(tick_of(timer.deadline_), done_ + 1);
  const auto nearest = std::min<std::int64_t>(t, done_ + static_cast<std::int64_t>(slot_count) - 1);
  timer.linked_until_ = origin_ + nearest * tick;
  const auto index = static_cast<std::size_t>(nearest) % slot_count;
  slots_[index].push_back(timer);
  occupied_[index / 64] |= std::uint64_t{1} << (index % 64);
}

void TimerWheel::advance() {
  const auto now = clock_.now();
  const auto target = (now - origin_) / tick;
  if (target - done_ >= static_cast<std::int64_t>(slot_count))
    done_ = target - static_cast<std::int64_t>(slot_count);
  while (done_ < target) {
    const auto index = static_cast<std::size_t>(++done_) % slot_count;
    if (occupied_[index / 64] & (std::uint64_t{1} << (index % 64))) run_slot(index, now);
  }
}

void TimerWheel::run_slot(std::size_t index, TimePoint now) {
  Slot due;
  due.swap(slots_[index]);
  occupied_[index / 64] &= ~(std::uint64_t{1} << (index % 64));
  while (!due.empty()) {
    Timer& timer = due.front();
    due.pop_front();
    if (!timer.armed()) continue;
    if (timer.deadline_ > now) {
      link(timer);
      continue;
    }
    timer.cancel();
    timer.on_expiry_();  // may destroy the timer, or others that still hang in `due`: they unlink
                         // themselves
  }
}

std::optional<TimePoint> TimerWheel::next() const {
  const auto first = static_cast<std::size_t>(done_ + 1) % slot_count;
  for (std::size_t seen = 0; seen < slot_count;) {
    const auto index = (first + seen) % slot_count;
    const auto word = occupied_[index / 64] >> (index % 64);
    if (word == 0) {
      seen += 64 - index % 64;
      continue;
    }
    const auto hit = index + static_cast<std::size_t>(std::countr_zero(word));
    if (!slots_[hit].empty())
      return origin_ + (done_ + 1 + static_cast<std::int64_t>(seen + hit - index)) * tick;
    occupied_[hit / 64] &= ~(std::uint64_t{1} << (hit % 64));
  }
  return std::nullopt;
}

}  // namespace ccnproxy
