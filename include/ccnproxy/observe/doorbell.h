#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace ccnproxy::observe {

/// Wakes one thread that others feed, at most once a batch. Whoever rings makes a system call only
/// if the thread sleeps; while it lingers to collect a batch, ringing costs one load.
///
/// Ordering: what the sleeper looks for must be stored with memory_order_seq_cst before the ring,
/// and `nothing_to_do` must load it so: then either the ringer sees the sleeper or the sleeper sees
/// the work.
class Doorbell {
 public:
  /// There is work; wakes a thread in wait(), not one in linger(). Any thread.
  void ring() noexcept {
    if (state_.load(std::memory_order_seq_cst) == asleep) wake();
  }
  /// There is work that can't wait for the batch to fill. Any thread.
  void ring_urgently() noexcept {
    if (state_.load(std::memory_order_seq_cst) != awake) wake();
  }

  /// Sleeps until somebody rings, or not at all if there is something to do. May return early. Only
  /// one thread may wait or linger.
  template <class NothingToDo>
  void wait(NothingToDo&& nothing_to_do) {
    state_.store(asleep, std::memory_order_seq_cst);
    if (nothing_to_do()) sleep(asleep, nullptr);
    state_.store(awake, std::memory_order_seq_cst);
  }

  /// Lets work pile up for `at_most`, unless somebody rings urgently or `nothing_urgent` is false.
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

}  // namespace ccnproxy::observe
