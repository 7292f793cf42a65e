// Second attempts of requests whose answers are late, as the pool sees them: when, and on which
// connection. What they do is the exchange's (proxy/hedge.h).

#include "ccnproxy/pool/hedges.h"
#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {

std::optional<Duration> OriginPool::late_answer() {
  if (!hedges_) hedges_ = std::make_unique<Hedges>();
  hedges_->on_request(*context_.hedging);
  return hedges_->late_after(*context_.hedging, known().rtt());
}

void OriginPool::note_answer_time(Duration time) {
  if (hedges_) hedges_->on_answer(time);
}

/// Nothing is dialled for it: that would take longer than what it is to spare.
void OriginPool::hedge(StreamWaiter& waiter, std::uint64_t avoid) {
  if (draining_ || !hedges_ || !hedges_->may()) return;
  auto* c = find_ready(avoid);
  if (!c) return;
  hedges_->take();
  place(*c, waiter, observe::WaitResult::ready);
  note_demand();
}

}  // namespace ccnproxy::pool
