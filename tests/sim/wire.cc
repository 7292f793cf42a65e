#include "sim/wire.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ccnproxy::sim {
namespace {
constexpr Duration aged_after = std::chrono::milliseconds(300);  // as in origin::Http1Connection
}

void Exchange::ring() { wire_->on_answer(*this); }

Wire::Wire(World& world, const OriginModel& origin, origin::Protocol protocol, WireHolder& holder,
           Books& books)
    : world_(world),
      origin_(origin),
      protocol_(protocol),
      holder_(holder),
      books_(books),
      end_alarm_(world, Delegate<void()>::to<&Wire::on_end_alarm>(this)),
      goaway_alarm_(world, Delegate<void()>::to<&Wire::on_goaway>(this)),
      opened_(world.now()),
      cut_off_(origin.cut_off(world.now())) {
  books_.on_opened(world.now());
  begin_idle();
}

void Wire::begin_idle() {
  idle_end_ = world_.now() + (requests_ > 0 ? origin_.idle_limit() : origin_.unused_limit());
  end_alarm_.set(std::min(idle_end_, cut_off_));
}

void Wire::stop_idling() {
  idle_end_ = TimePoint::max();
  end_alarm_.set(cut_off_);
}

void Wire::send(Exchange& exchange) {
  assert(open_ && !going_);
  if (exchanges_.empty() && !doomed_) {
    doomed_ = world_.now() + origin_.rtt() > idle_end_;
    if (!doomed_) stop_idling();
  }
  exchange.wire_ = this;
  exchange.on_aged_ = world_.now() - opened_ > aged_after;
  exchange.number_ = ++requests_;
  exchanges_.push_back(&exchange);
  if (!doomed_) exchange.answer_.set(world_.now() + origin_.rtt() + exchange.service_);
  if (protocol_ == origin::Protocol::http2 && requests_ == origin_.request_limit())
    goaway_alarm_.set(world_.now() + origin_.rtt());
}

void Wire::on_answer(Exchange& exchange) {
  std::erase(exchanges_, &exchange);
  ++answered_;
  // HTTP/1.1 says it with the last response.
  if (requests_ >= origin_.request_limit() && protocol_ == origin::Protocol::http1) going_ = true;
  const bool last = going_ && exchanges_.empty();
  if (exchanges_.empty() && !going_) begin_idle();
  if (going_ && protocol_ == origin::Protocol::http1) holder_.on_going();
  exchange.on_answered();
  if (last) end("the origin closed after its last request");
}

/// GOAWAY names the last request that the origin will answer; those sent since are refused.
void Wire::on_goaway() {
  going_ = true;
  holder_.on_going();
  const auto first_refused = std::find_if(exchanges_.begin(), exchanges_.end(), [&](auto* e) {
    return e->number_ > origin_.request_limit();
  });
  lose(static_cast<std::size_t>(first_refused - exchanges_.begin()), Proof::refused);
  if (exchanges_.empty()) end("the origin sent GOAWAY");
}

void Wire::on_end_alarm() {
  const bool for_idleness = idle_end_ <= world_.now();
  going_ = true;
  const bool told = for_idleness && protocol_ == origin::Protocol::http2;
  lose(0, told ? Proof::refused : Proof::unknown);
  end(for_idleness ? "the origin closed it when idle" : "cut off");
}

/// Whoever is told may ask for another connection, so the list is taken first.
void Wire::lose(std::size_t from, Proof proof) {
  const auto first = exchanges_.begin() + static_cast<std::ptrdiff_t>(from);
  const std::vector<Exchange*> lost(first, exchanges_.end());
  exchanges_.erase(first, exchanges_.end());
  for (auto* exchange : lost) {
    exchange->answer_.cancel();
    const bool reused = answered_ > 0 || exchange->on_aged_;
    const bool unheard = reused && proof == Proof::unknown;
    exchange->on_lost(unheard ? Proof::no_byte_on_reused : proof);
  }
}

void Wire::end(std::string_view reason) {
  if (!open_) return;
  close();
  holder_.on_end(reason);
}

void Wire::close() {
  if (!std::exchange(open_, false)) return;
  end_alarm_.cancel();
  goaway_alarm_.cancel();
  books_.on_closed(world_.now());
}

}  // namespace ccnproxy::sim
