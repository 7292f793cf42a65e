#include "ccnproxy/proxy/attempt.h"

#include <utility>

#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/connection_login.h"
#include "ccnproxy/proxy/exchange.h"

namespace ccnproxy::proxy {

void Attempt::reset(const RequestPlan& plan) {
  plan_ = &plan;
  pool_ = nullptr;
  bound_ = false;
  asked_at_ = {};
  credit_ = 0;
  auto address = std::move(connection_.address);  // with what it has grown to
  address.clear();
  connection_ = {};
  connection_.address = std::move(address);
  if (hedge_) hedge_->forget();
}

/// The only change of its state, and of the stream that goes with it.
void Attempt::become(State state, origin::OriginStream* stream) {
  state_ = state;
  stream_ = stream;
}

void Attempt::begin(pool::OriginPool& pool, ClientSession& client, std::uint64_t avoid) {
  pool_ = &pool;
  asked_at_ = context_.loop.now();
  bound_ = false;
  become(State::waiting);
  if ((plan_->is_login() || client.has_bound()) && begin_bound(client)) return;
  if (!plan_->is_upgrade())
    return pool.acquire(*this, avoid, plan_->outgoing().body.length >= pool::bulk_bytes);
  // A connection that the request may keep: never one of the pool's, and HTTP/1.1.
  on_dialing(context_.dedicated.dial(pool, context_.http1_dialer(plan_->origin()), *this));
}

/// Whether the request is on a connection of its client's own, or will be, or has been answered.
bool Attempt::begin_bound(ClientSession& client) {
  auto& bound = client.bound();
  auto* held = bound.find(*pool_);
  switch (choose_connection({plan_->is_login(), held != nullptr, bound.size()})) {
    case ConnectionChoice::pooled:
      return false;
    case ConnectionChoice::bound:
      bound_ = true;
      dedicated_ = held;
      held->lend(*this);
      break;
    case ConnectionChoice::bind:  // before they are sent, as the credentials may log it in
      bound_ = true;              // (RFC 4559 §6)
      on_dialing(
          bound.dial(context_.dedicated, *pool_, context_.http1_dialer(plan_->origin()), *this));
      break;
    case ConnectionChoice::refused:
      on_no_connection({ErrorType::connection_limit_reached, Side::us, Phase::queue,
                        Proof::not_sent,
                        plan_->origin().to_string() +
                            ": this client connection is logged in (NTLM, "
                            "Negotiate) at " +
                            std::to_string(most_bound_connections) +
                            " other origins, as many as it may be; use another connection"});
      break;
  }
  return true;
}

void Attempt::on_dialing(const Result<DedicatedConnection*>& dialed) {
  if (!dialed) return on_no_connection(dialed.error());
  dedicated_ = *dialed;
}

void Attempt::on_connection(origin::OriginConnection& connection, observe::WaitResult found) {
  note_connection(connection, connection.requests() > 0);
  become(plan_->outgoing().has_body() ? State::sending : State::sent,
         &connection.open(plan_->outgoing(), *this));
  exchange_.on_stream(connection.info(), found);
}

void Attempt::on_no_connection(Error error) {
  become(State::off);
  dedicated_ = nullptr;
  bound_ = false;  // nothing was bound: the client loses no login
  exchange_.on_no_stream(std::move(error));
}

void Attempt::note_connection(const origin::OriginConnection& connection, bool reused) {
  const auto& info = connection.info();
  connection_.serial = info.serial;
  connection_.protocol = info.protocol;
  connection_.address = info.address;
  connection_.reused = reused;
}

void Attempt::watch_for_hedge() {
  if (dedicated_ || !pool_->may_hedge()) return;
  if (!hedge_) {
    HedgedRequest& first = *this;
    origin::ResponseSink& answers = *this;
    hedge_ = std::make_unique<Hedge>(context_.loop.timers(), first, answers);
  }
  hedge_->watch(*pool_, plan_->outgoing(), connection_.serial);
}

void Attempt::on_hedge_won(origin::OriginStream& stream, origin::OriginConnection& connection,
                           bool reused) {
  auto* first = stream_;
  become(State::sent, &stream);
  if (first) first->cancel();
  note_connection(connection, reused);
  exchange_.watch_progress();
}

void Attempt::send(RequestBody& body) {
  if (state_ != State::sending) return;
  while (!body.unsent().empty()) {
    const auto offered = body.unsent().size();
    const auto taken = stream_->write_body(body.unsent());
    body.sent(taken);
    if (taken < offered) return;
  }
  if (!body.is_complete()) return;
  become(State::sent, stream_);
  stream_->end_body(body.trailers());
}

void Attempt::on_client_took(std::size_t n, bool withhold) {
  credit_ += n;
  if (stream_ && !withhold) stream_->consumed(std::exchange(credit_, 0));
}

void Attempt::note_bulk(std::uint64_t before, std::uint64_t more) {
  if (before >= pool::bulk_bytes || before + more < pool::bulk_bytes) return;
  if (stream_ && !dedicated_) pool_->note_bulk(connection_.serial);
}

origin::OriginStream& Attempt::leave_stream() {
  auto& stream = *stream_;
  become(State::off);
  drop_hedge();
  return stream;
}

void Attempt::drop() {
  leave_queue();
  if (auto* dedicated = std::exchange(dedicated_, nullptr)) dedicated->forget();
  drop_hedge();
  auto* stream = stream_;
  become(State::off);
  if (stream) stream->cancel();
}

void Attempt::on_informational(const http::ResponseHead& head) {
  if (hedge_) hedge_->settle();
  exchange_.on_informational(head);
}

void Attempt::on_response(const http::ResponseHead& head, const http::BodyFraming& framing) {
  if (hedge_) hedge_->settle();
  exchange_.on_response(head, framing);
}

void Attempt::on_body(std::string_view bytes) { exchange_.on_body(bytes); }

void Attempt::on_flush() { exchange_.on_flush(); }

void Attempt::on_complete(const http::Fields& trailers) {
  become(State::off);
  const bool login_ended = bound_ && !dedicated_->is_open();
  dedicated_ = nullptr;
  exchange_.on_complete(trailers, login_ended);
}

void Attempt::on_failure(Error error) {
  become(State::off);
  dedicated_ = nullptr;
  if (hedge_ && hedge_->take_over()) return;
  error.detail = target() + ": " + error.detail;
  exchange_.on_failure(error);
}

void Attempt::on_writable() { exchange_.on_writable(); }

void Attempt::on_stalled(const Error& error) {
  if (hedge_ && hedge_->take_over()) return;
  exchange_.on_stalled(error);
}

/// The origin has agreed: its 101 goes to the client, and after it whatever they say (F078).
void Attempt::on_upgrade(const http::ResponseHead& head, std::unique_ptr<tls::Transport> connection,
                         std::string_view rest) {
  become(State::off);
  exchange_.on_upgrade(head, std::move(connection), rest,
                       std::exchange(dedicated_, nullptr)->keep_place());
}

void Attempt::describe(Departure& departure, TimePoint now) const {
  departure.since_asked = now - asked_at_;
  departure.origin = plan_->origin().to_string();
  departure.target = target();
}

std::string Attempt::target() const {
  return plan_->origin().to_string() +
         (connection_.address.empty() ? "" : " (" + connection_.address + ")");
}

}  // namespace ccnproxy::proxy
