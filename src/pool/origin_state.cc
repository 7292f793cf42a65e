#include "ccnproxy/pool/origin_state.h"

namespace ccnproxy::pool {

void OriginState::note_end(const OriginClose& close, TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (learned_.note(close, now)) lessons_.fetch_add(1, std::memory_order_relaxed);
}

void OriginState::note_packets(double packets, double lost, TimePoint now) {
  const std::lock_guard lock(mutex_);
  path_.note(packets, lost, now);
  put(loss_, static_cast<float>(path_.loss(now)));
}

std::optional<double> OriginState::measured_loss(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  return path_.measured(now);
}

std::uint32_t OriginState::copy_lessons(LearnedLimits& to) const {
  const std::lock_guard lock(mutex_);
  to = learned_;
  return lessons();
}

CloseLimits OriginState::limits(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  return learned_.limits(now);
}

void OriginState::recall(const OriginSnapshot& memory, TimePoint now) {
  if (protocol()) return;
  if (memory.protocol) note_protocol(*memory.protocol);
  note_streams_each(memory.stream_limit);
  if (memory.rtt) note_rtt(*memory.rtt);
  const std::lock_guard lock(mutex_);
  path_.recall(memory.loss, now);
  put(loss_, static_cast<float>(path_.loss(now)));
  learned_.recall(memory.limits, now);
  lessons_.fetch_add(1, std::memory_order_relaxed);
}

void OriginState::forget_lessons(std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation <= forgotten_for_) return;
  forgotten_for_ = generation;
  learned_ = LearnedLimits();
  path_ = PathEstimate();
  put(loss_, 0.0F);
  note_rtt(unknown_rtt);
  lessons_.fetch_add(1, std::memory_order_relaxed);
  require_http1({});
}

}  // namespace ccnproxy::pool
