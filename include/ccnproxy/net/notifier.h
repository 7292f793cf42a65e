#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace ccnproxy {

/// A notifier that wakes one consumer thread, at most once a batch. Notifying makes a system call
/// only if the thread sleeps; while it lingers to collect a batch, notifying costs one load.
///
/// Ordering: a producer stores its work with memory_order_seq_cst before it notifies, and
/// `nothing_to_do` loads it so: then either the producer sees the sleeper or the sleeper sees the
/// work.
class Notifier {
 public:
  /// Announces work; wakes a thread in wait(), not one in linger(). Any thread.
  void notify() noexcept {
    if (state_.load(std::memory_order_seq_cst) == asleep) wake();
  }
  /// Announces work that can't wait for the batch to fill. Any thread.
  void notify_urgently() noexcept {
    if (state_.load(std::memory_order_seq_cst) != awake) wake();
  }

  /// Sleeps until notified, or not at all if there is work. May return early. Only one thread may
  /// wait or linger.
  template <class NothingToDo>
  void wait(NothingToDo&& nothing_to_do) {
    state_.store(asleep, std::memory_order_seq_cst);
    if (nothing_to_do()) sleep(asleep, nullptr);
    state_.store(awake, std::memory_order_seq_cst);
  }

  /// Collects work for `at_most`; ends early when notified urgently or if `nothing_urgent` is
  /// false.
  template <class NothingUrgent>
  void linger(std::chrono::nanoseconds at_most, NothingUrgent&& nothing_urgent) {
    state_.store(lingering, std::memory_order_seq_cst);
    if (nothing_urgent()) sleep(lingering, &at_most);
    state_.store(awake, std::memory_order_seq_cst);
  }

 private:
  enum State : std::uint32_t { awake, asleep, lingering };

  void wake() noexcept;
  void sleep(std::uint32_t as, const std::chrono::nanoseconds* at_most) noexcept;

  std::atomic<std::uint32_t> state_ = awake;  ///< the word of a futex(2)
};

}  // namespace ccnproxy
