// What a pool reads of what the process knows of its origin, and tells it (OriginState).

#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {

/// What another worker has learnt of when the origin ends connections holds for those here: which
/// of them may still be lent, and when they are to be replaced.
void OriginPool::catch_up() {
  if (known().lessons() == lessons_) return;
  take_lessons();
  const auto limits = learned_.limits(now());
  for (auto& c : list(State::ready)) {
    if (is_idle(c)) c.lendable_until_ = lendable_until(c.life_, limits_of(c, limits));
  }
  if (is_ready()) plan_check(now());
}

void OriginPool::take_lessons() {
  if (known().lessons() == lessons_) return;
  lessons_ = known().copy_lessons(learned_);
  most_requests_ = learned_.limits(now()).requests.value_or(UINT64_MAX);
}

/// What the origin's SETTINGS said to connections of this worker; they may come when a connection
/// stands already, or change.
void OriginPool::note_streams() {
  const auto heard = dialer_->stream_limit();
  if (heard == streams_told_) return;
  streams_told_ = heard;
  known().note_streams_each(std::min(heard, origin::streams_before_settings));
}

/// What it said to other workers'. Of what its own connections heard the dialer knows.
void OriginPool::tell_streams() {
  note_streams();
  const auto each = static_cast<std::uint32_t>(known().streams_each());
  const bool is_known = each == std::min(streams_told_, origin::streams_before_settings);
  if (is_known || known().protocol() != origin::Protocol::http2) return;
  dialer_->recall_stream_limit(each);
  streams_told_ = dialer_->stream_limit();
}

}  // namespace ccnproxy::pool
