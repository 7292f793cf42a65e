// An exchange's attempts: a stream from the pool, the request's body into it, and what happens when
// it fails.

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/connection_login.h"
#include "ccnproxy/proxy/exchange.h"
#include "ccnproxy/proxy/retry_policy.h"

namespace ccnproxy::proxy {

void Exchange::acquire(std::uint64_t avoid) {
  asked_pool_at_ = context_.loop.now();
  bound_ = false;
  if ((login_ || client_->has_bound()) && acquire_bound()) return;
  if (upgrade_.empty())
    return pool_->acquire(*this, avoid, outgoing_.body.length >= pool::bulk_bytes);
  // A connection that the request may keep: never one of the pool's, and HTTP/1.1.
  auto dialed = context_.dedicated.dial(*pool_, context_.http1_dialer(origin_), *this);
  if (!dialed) return on_no_connection(dialed.error());
  dedicated_ = *dialed;
}

/// Whether the request is on a connection of its client's own, or will be, or has been answered.
bool Exchange::acquire_bound() {
  auto& bound = client_->bound();
  auto* held = bound.find(*pool_);
  switch (choose_connection({login_, held != nullptr, bound.size()})) {
    case ConnectionChoice::pooled:
      return false;
    case ConnectionChoice::bound:
      bound_ = true;
      dedicated_ = held;
      held->lend(*this);
      break;
    case ConnectionChoice::bind:
      dial_bound(bound);
      break;
    case ConnectionChoice::refused:
      on_no_connection({ErrorType::connection_limit_reached, Side::us, Phase::queue,
                        Proof::not_sent,
                        origin_.to_string() +
                            ": this client connection is logged in (NTLM, "
                            "Negotiate) at " +
                            std::to_string(most_bound_connections) +
                            " other origins, as many as it may be; use another connection"});
      break;
  }
  return true;
}

/// As the credentials may log it in, it is bound before they are sent (RFC 4559 §6).
void Exchange::dial_bound(BoundConnections& bound) {
  auto dialed = bound.dial(context_.dedicated, *pool_, context_.http1_dialer(origin_), *this);
  if (!dialed) return on_no_connection(dialed.error());
  dedicated_ = *dialed;
  bound_ = true;
}

void Exchange::on_connection(origin::OriginConnection& connection, observe::WaitResult found) {
  const auto& info = connection.info();
  if (!found_) found_ = found;  // what the request found, not what a retry did
  timings_.wait =
      found == observe::WaitResult::ready ? Duration(0) : context_.loop.now() - asked_pool_at_;
  if (found == observe::WaitResult::dialed) {
    timings_.dns = info.timings.dns;
    timings_.tcp = info.timings.tcp;
    timings_.tls = info.timings.tls;
  }
  note_connection(connection, connection.requests() > 0);
  body_end_sent_ = false;
  stream_ = &connection.open(outgoing_, *this);
  if (!outgoing_.has_body()) {
    watch_for_hedge();
    return watch_progress();
  }
  send_body();
  watch_progress();
  if (wants_body()) client_->resume_reading();  // it may have been paused while there was no stream
}

void Exchange::note_connection(const origin::OriginConnection& connection, bool reused) {
  const auto& info = connection.info();
  reused_ = reused;
  protocol_ = info.protocol;
  address_ = info.address;
  connection_serial_ = info.serial;
}

/// Its answer may turn out to be late. GET and HEAD alone: others may be idempotent, but cost the
/// origin more.
void Exchange::watch_for_hedge() {
  if (dedicated_ || retries_ > 0 || !pool_->may_hedge()) return;
  if (request_.method != "GET" && request_.method != "HEAD") return;
  if (!hedge_) {
    HedgedRequest& first = *this;
    origin::ResponseSink& answers = *this;
    hedge_ = std::make_unique<Hedge>(context_.loop.timers(), first, answers);
  }
  hedge_->watch(*pool_, outgoing_, connection_serial_);
}

void Exchange::on_hedge_won(origin::OriginStream& stream, origin::OriginConnection& connection,
                            bool reused) {
  cancel_stream();
  stream_ = &stream;
  note_connection(connection, reused);
  watch_progress();
}

/// A body of which so much is known has grown by that.
void Exchange::note_bulk(std::uint64_t before, std::uint64_t more) {
  if (before >= pool::bulk_bytes || before + more < pool::bulk_bytes) return;
  if (stream_ && !dedicated_) pool_->note_bulk(connection_serial_);
}

void Exchange::on_no_connection(Error error) {
  dedicated_ = nullptr;
  bound_ = false;  // nothing was bound: the client loses no login
  fail(std::move(error));
}

void Exchange::send_body() {
  if (!stream_ || body_end_sent_) return;
  while (!body_.unsent().empty()) {
    const auto offered = body_.unsent().size();
    const auto taken = stream_->write_body(body_.unsent());
    body_.sent(taken);
    if (taken < offered) return;
  }
  if (!body_.is_complete()) return;
  body_end_sent_ = true;
  stream_->end_body(trailers_);
}

void Exchange::on_writable() {
  send_body();
  watch_progress();
  if (wants_body()) client_->resume_reading();
}

/// Where memory is tight, an origin may send on only when all that it sent before has gone.
void Exchange::on_client_took(std::size_t n) {
  credit_ += n;
  const bool withheld = context_.memory.tight() && client_->output().held() > 0;
  if (stream_ && !withheld) stream_->consumed(std::exchange(credit_, 0));
  watch_progress();
}

bool Exchange::client_owes() const {
  return !response_begun_ && !client_->request_complete() && !awaits_permission_ && wants_body();
}

/// Nothing about an exchange has a limit in total; everything has one on standing still.
void Exchange::watch_progress() {
  if (client_owes()) {
    sending_.owe(context_.loop.now(), timeouts_.body_idle, config_->limits.min_rate);
    return timer_.set(sending_.due());
  }
  sending_.release();
  // Without a stream the pool's queue has its own deadline, and so has the session's output.
  if (!stream_) return timer_.cancel();
  const bool sending = outgoing_.has_body() && !body_end_sent_;
  timer_.set_after(sending || response_begun_ ? timeouts_.body_idle : timeouts_.response_head);
}

void Exchange::on_timer() {
  if (asked_) {
    return fail_with(503, ErrorType::proxy_internal_error, Side::us, Phase::route,
                     "the workers do not tell their statistics");
  }
  const bool owed = sending_.owed();
  if (owed && !sending_.too_slow(context_.loop.now())) return timer_.set(sending_.due());
  if (response_begun_ && client_->output().held() > 0)
    return watch_progress();  // the client's turn: client_write
  drop_attempt();  // of the queue too: an exchange that has ended must not be lent a stream
  if (owed) {
    keep_alive_ = false;
    return fail_with(408, ErrorType::connection_read_timeout, Side::client, Phase::request,
                     "the request's body stood still for " + time_text(timeouts_.body_idle) +
                         " (timeouts.body_idle), or came more slowly than limits.min_rate");
  }
  const bool body = response_begun_ || (outgoing_.has_body() && !body_end_sent_);
  fail({ErrorType::http_response_timeout, Side::origin, Phase::response,
        response_begun_ ? Proof::response_started : Proof::unknown,
        named_origin() +
            (body ? "no progress within " + time_text(timeouts_.body_idle) + " (timeouts.body_idle)"
                  : "no response head within " + time_text(timeouts_.response_head) +
                        " (timeouts.response_head)")});
}

/// Before what is said of it: `https://api.test (192.0.2.1:443): `.
std::string Exchange::named_origin() const {
  return origin_.to_string() + (address_.empty() ? "" : " (" + address_ + ")") + ": ";
}

void Exchange::cancel_stream() {
  if (auto* stream = std::exchange(stream_, nullptr)) stream->cancel();
}

/// Leaves the pool's queue and the connection, whichever it is in.
void Exchange::drop_attempt() {
  leave_queue();
  asked_.reset();
  if (auto* dedicated = std::exchange(dedicated_, nullptr)) dedicated->forget();
  if (hedge_) hedge_->drop();
  cancel_stream();
  timer_.cancel();
}

void Exchange::on_failure(Error error) {
  stream_ = nullptr;
  dedicated_ = nullptr;
  timer_.cancel();
  if (hedge_ && hedge_->take_over()) return;
  error.detail = named_origin() + error.detail;
  if (!retry(error)) fail(std::move(error));
}

/// A request that may be done twice need not wait for a connection that may be dead.
void Exchange::on_stalled(const Error& error) {
  if (hedge_ && hedge_->take_over()) return;
  if (!may_try_again(error)) return;
  auto* stalled = std::exchange(stream_, nullptr);
  if (retry(error)) return stalled->cancel();
  stream_ = stalled;
}

bool Exchange::may_try_again(const Error& error) const {
  const FailedAttempt attempt{error.proof,
                              idempotent_,
                              body_.replayable() || body_.nothing_sent(),
                              retries_,
                              config_->retries.attempts,
                              bound_ && reused_};
  return !response_flushed_ && !response_begun_ && may_retry(attempt);
}

/// An origin that wants HTTP/1.1 says so once for all that it was asked by HTTP/2: the budget is
/// for origins in trouble.
bool Exchange::may_afford(const Error& error) const {
  if (error.proof == Proof::refused && pool_->requires_http1()) return true;
  return pool_->retry_budget().take(context_.loop.now());
}

bool Exchange::retry(const Error& error) {
  if (!may_try_again(error) || !may_afford(error)) return false;
  if (hedge_) hedge_->drop();
  ++retries_;
  ++pool_->metrics().retries[static_cast<std::size_t>(error.proof)];
  retry_proof_ = error.proof;
  body_.rewind();
  watch_progress();
  if (bound_) client_->bound().release(*pool_);
  acquire(connection_serial_);
  return true;
}

}  // namespace ccnproxy::proxy
