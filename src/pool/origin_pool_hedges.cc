// Second attempts of requests whose answers are late, as the pool sees them: when, and on which
// connection. What they do is the exchange's (proxy/hedge.h).

#include "ccnproxy/pool/hedges.h"
#include "ccnproxy/pool/origin_pool.h"

namespace ccnproxy::pool {
namespace {

/// What a lost packet costs at most, if what is sent again is not lost, too.
constexpr int recovery_round_trips = 4;
constexpr Duration least_recovery = std::chrono::milliseconds(500);

}  // namespace

std::optional<Duration> OriginPool::late_answer() {
  if (!hedges_) hedges_ = std::make_unique<Hedges>();
  hedges_->on_request(*context_.hedging);
  return hedges_->late_after(*context_.hedging, known().rtt());
}

void OriginPool::note_answer_time(Duration time) {
  if (hedges_) hedges_->on_answer(time);
}

/// What the answer's connection has lost, all answers after it wait for; the stream that is
/// cancelled no longer shows it.
void OriginPool::note_overdue(std::uint64_t serial) {
  for (const auto state : {State::ready, State::busy}) {
    for (auto& c : list(state)) {
      if (c.connection_->info().serial != serial) continue;
      c.overdue_at_bytes_ = c.connection_->received_bytes();
      c.overdue_until_ = now() + recovery_round_trips * known().rtt() + least_recovery;
    }
  }
}

/// Nothing is dialled for it: that would take longer than what it is to spare.
void OriginPool::hedge(StreamWaiter& waiter, std::uint64_t avoid) {
  note_overdue(avoid);
  if (draining_ || !hedges_ || !hedges_->may()) return;
  auto* c = find_ready(avoid);
  if (!c) return;
  hedges_->take();
  place(*c, waiter, observe::WaitResult::ready);
  note_demand();
}

}  // namespace ccnproxy::pool
