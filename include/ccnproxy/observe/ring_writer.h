#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "ccnproxy/net/notifier.h"
#include "ccnproxy/observe/access_log.h"
#include "ccnproxy/observe/record_ring.h"

namespace ccnproxy::observe {

/// A worker's writer of the log: copies records into a ring of its own, which the log's thread
/// reads. Writers form a list that only grows at its front, so the thread walks it without a lock.
class RingWriter final : public AccessLog::Writer {
 public:
  /// `notifier` wakes the log's thread and outlives this; `next` is the list so far.
  RingWriter(Notifier& notifier, bool with_query, std::unique_ptr<RingWriter> next);

  void write(const AccessRecord& record) override;
  bool enabled() const noexcept override { return true; }

  RingWriter* next() const noexcept { return next_.get(); }
  /// The log's thread takes from here.
  RecordRing& ring() noexcept { return ring_; }
  const RecordRing& ring() const noexcept { return ring_; }
  /// Records that found the ring full. Any thread.
  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }

 private:
  void count_dropped() noexcept;

  Notifier& notifier_;
  const bool with_query_;
  RecordRing ring_;
  /// Changed by the writing thread only. Relaxed: the log tells of it when it next wakes, and the
  /// ring that was full is reason enough to wake.
  std::atomic<std::uint64_t> dropped_ = 0;
  const std::unique_ptr<RingWriter> next_;
};

}  // namespace ccnproxy::observe
