#include "ccnproxy/proxy/hedge.h"

#include <utility>

namespace ccnproxy::proxy {

std::string_view to_string(Hedge::Outcome outcome) noexcept {
  switch (outcome) {
    case Hedge::Outcome::none:
      break;
    case Hedge::Outcome::lost:
      return "lost";
    case Hedge::Outcome::won:
      return "won";
  }
  return "";
}

Hedge::Hedge(TimerWheel& timers, HedgedRequest& first, origin::ResponseSink& answers)
    : clock_(timers.clock()),
      first_(first),
      answers_(answers),
      timer_(timers, Delegate<void()>::to<&Hedge::on_late>(this)) {}

void Hedge::watch(pool::OriginPool& pool, const http::OutgoingRequest& request,
                  std::uint64_t serial) {
  state_ = State::watching;
  outcome_ = Outcome::none;
  sent_at_ = clock_.now();
  serial_ = serial;
  pool_ = &pool;
  request_ = &request;
  if (const auto late = pool.late_answer()) timer_.set_after(*late);
}

void Hedge::settle() {
  if (state_ == State::won) return;
  if (state_ != State::off) note_time();
  drop();
}

void Hedge::drop() {
  timer_.cancel();
  if (state_ == State::asked) {
    std::exchange(stream_, nullptr)->cancel();
    lose();
  }
  state_ = State::off;
}

/// How long the first attempt's answer took, or takes at least.
void Hedge::note_time() { pool_->note_answer_time(clock_.now() - sent_at_); }

bool Hedge::take_over() {
  if (state_ != State::asked) return false;
  win();
  return true;
}

void Hedge::on_late() {
  if (state_ == State::watching) pool_->hedge(*this, serial_);
}

void Hedge::on_connection(origin::OriginConnection& connection, observe::WaitResult) {
  state_ = State::asked;
  connection_ = &connection;
  reused_ = connection.requests() > 0;
  stream_ = &connection.open(*request_, *this);
}

void Hedge::win() {
  note_time();
  state_ = State::won;
  outcome_ = Outcome::won;
  pool_->note_hedge(true);
  first_.on_hedge_won(*std::exchange(stream_, nullptr), *connection_, reused_);
}

void Hedge::lose() {
  state_ = State::off;
  outcome_ = Outcome::lost;
  pool_->note_hedge(false);
}

void Hedge::on_informational(const http::ResponseHead& head) {
  if (state_ == State::asked) win();
  answers_.on_informational(head);
}

void Hedge::on_response(const http::ResponseHead& head, const http::BodyFraming& framing) {
  if (state_ == State::asked) win();
  answers_.on_response(head, framing);
}

void Hedge::on_body(std::string_view bytes) { answers_.on_body(bytes); }

void Hedge::on_flush() {
  if (state_ == State::won) answers_.on_flush();
}

void Hedge::on_complete(const http::Fields& trailers) { answers_.on_complete(trailers); }

void Hedge::on_failure(Error error) {
  if (state_ == State::won) return answers_.on_failure(std::move(error));
  stream_ = nullptr;
  lose();
}

void Hedge::on_writable() {
  if (state_ == State::won) answers_.on_writable();
}

void Hedge::on_stalled(const Error& error) {
  if (state_ == State::won) return answers_.on_stalled(error);
  std::exchange(stream_, nullptr)->cancel();
  lose();
}

}  // namespace ccnproxy::proxy
