#include "ccnproxy/proxy/exchange.h"

#include <utility>
#include <variant>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/connection_login.h"
#include "ccnproxy/proxy/local_reply.h"
#include "ccnproxy/proxy/pool_choice.h"
#include "ccnproxy/proxy/retry_policy.h"

namespace ccnproxy::proxy {
Exchange::Exchange(ProxyContext& context)
    : context_(context),
      progress_(context.loop.timers(), Delegate<void()>::to<&Exchange::on_due>(this)),
      attempt_(context, *this) {}

/// The only change of its state.
void Exchange::become(State state) {
  if (state != State::statistics) asked_.reset();
  if (state != State::forwarding) progress_.stop();
  state_ = state;
  if (state == State::idle) log();
}

void Exchange::adopt(ClientSession& client) {
  config_ = context_.config;
  client_ = &client;
  pool_ = nullptr;
  body_.reset(config_->retries.replay_bytes);
  awaits_permission_ = false;
  attempt_.reset(plan_);
  place_.reset();
  writer_ = ResponseWriter(client.output(), plan_, *config_, context_.via);
  record_ = {};
  logged_headers_.clear();
  record_.began_at = std::chrono::system_clock::now();
  become(State::begun);
}

void Exchange::refuse(ClientSession& client, std::string_view bytes, std::uint16_t status,
                      std::string_view reason, ErrorType type) {
  adopt(client);
  plan_.refuse(bytes);
  reply({status, std::string(reason), type});
}

void Exchange::begin(ClientSession& client, std::string_view head_bytes,
                     const http::RequestHead& head, const http::BodyFraming& framing) {
  adopt(client);
  const auto outcome =
      plan_.plan(head_bytes, head, framing,
                 {*config_, *context_.labels, context_.via, client.address().listener_port,
                  static_cast<bool>(context_.ask_statistics), context_.draining, context_.ids});
  if (outcome == RequestPlan::Outcome::reply) return reply(plan_.reply());
  if (outcome == RequestPlan::Outcome::statistics) return ask_statistics();
  const auto choice =
      choose_pool(context_, plan_.origin(), !plan_.is_upgrade() && client_->can_migrate());
  if (const auto* worker = std::get_if<OtherWorker>(&choice)) {  // it leaves the record
    std::exchange(client_, nullptr)->migrate(worker->index);
    return become(State::idle);
  }
  if (const auto* instead = std::get_if<LocalReply>(&choice)) return reply(*instead);
  pool_ = std::get<pool::OriginPool*>(choice);
  pool_->enter();
  progress_.set_limits(pool_->timeouts(), config_->limits.min_rate);
  become(State::forwarding);
  pool_->retry_budget().on_request();
  if (plan_.expects_continue()) answer_expectation();
  if (state_ == State::idle) return;  // the client left just now
  watch_progress();
  attempt_.begin(*pool_, *client_, 0);
}

/// Other workers have a part in them, so the client waits. It may leave, and this exchange be
/// another's, before the answer is here.
void Exchange::ask_statistics() {
  become(State::statistics);
  asked_ = std::make_shared<Exchange*>(this);
  progress_.watch(ProgressTimer::Owed::statistics);
  context_.ask_statistics([asked = std::weak_ptr(asked_)](const std::string& json) {
    if (const auto still = asked.lock()) (*still)->give({.text = json}, "application/json");
  });
}

/// An upload must not wait a round trip for a permission that is nearly always given (F111).
void Exchange::answer_expectation() {
  if (client_->request_complete() || client_->has_input()) return;
  if (config_->expect_continue == config::ExpectContinue::origin) {
    awaits_permission_ = true;
    return;
  }
  client_->output().front() += "HTTP/1.1 100 Continue\r\n\r\n";
  client_->flush();
}

void Exchange::on_client_body(std::string_view bytes) {
  awaits_permission_ = false;
  progress_.client_sent(bytes.size());
  if (context_.memory.under_pressure()) body_.keep_for_no_retry();
  const auto limit = config_->limits.body_bytes;
  if (limit > 0 && body_.received() + bytes.size() > limit) return reply(body_too_large(limit));
  attempt_.note_bulk(body_.received(), bytes.size());
  if (attempt_.has_stream() && body_.may_pass(bytes.size())) {
    const auto taken = attempt_.pass(bytes);
    body_.pass(taken);
    bytes.remove_prefix(taken);
  }
  if (!bytes.empty()) {
    body_.append(bytes);
    attempt_.send(body_);
  }
  watch_progress();
}

void Exchange::on_client_body_end(const http::Fields& trailers) {
  body_.complete(trailers);
  attempt_.send(body_);
  watch_progress();
}

void Exchange::on_client_broken(std::string_view reason) {
  reply({400, std::string(reason), ErrorType::http_request_error});
}

/// Where memory is under pressure, an origin may send on only when all that it sent before has
/// gone.
void Exchange::on_client_took(std::size_t n) {
  attempt_.on_client_took(n, context_.memory.under_pressure() && client_->output().held() > 0);
  watch_progress();
}

void Exchange::on_stream(const origin::ConnectionInfo& info, observe::WaitResult found) {
  record_.note_stream(found, context_.loop.now() - attempt_.asked_at(), info.timings);
  if (!plan_.outgoing().has_body()) {
    // GET and HEAD alone: others may be idempotent, but cost the origin more.
    if (record_.retries == 0 && plan_.is_get_or_head()) attempt_.watch_for_hedge();
    return watch_progress();
  }
  on_writable();  // the client may have been paused while there was no stream
}

void Exchange::on_writable() {
  attempt_.send(body_);
  watch_progress();
  if (wants_body()) client_->resume_reading();
}

/// Each is a sign of life: timeouts.response_head begins anew.
void Exchange::on_informational(const http::ResponseHead& head) {
  if (head.status == 100) awaits_permission_ = false;
  watch_progress();
  writer_.interim(head, *attempt_.connection().protocol);
}

void Exchange::on_response(const http::ResponseHead& head, const http::BodyFraming& framing) {
  const auto now = context_.loop.now();
  record_.timings.first_byte = now - client_->request_began();
  record_.status = head.status;
  note_headers(head);
  // What was meant for a tunnel that did not come to be is no request.
  if (plan_.is_upgrade() && client_->has_unread()) writer_.end_connection();
  attempt_.note_bulk(0, framing.length);
  if (attempt_.is_bound()) {
    // The client's connection ends with the one that is bound to it, and no sooner than a login
    // that the origin has answered one step of.
    if (framing.kind == http::BodyFraming::Kind::until_close ||
        !http::is_persistent(head.version, head.fields))
      writer_.end_connection();
    client_->note_login(is_login_step(head));
  }
  const auto debug =
      plan_.wants_debug() ? record_.debug_fields(attempt_.connection()) : std::string();
  writer_.begin(
      head, framing, *attempt_.connection().protocol,
      {context_.date.at(now), debug,
       (!context_.draining || client_->login_under_way()) && client_->request_complete()});
  watch_progress();
}

void Exchange::on_body(std::string_view bytes) {
  if (!writer_.expects_body()) return;  // a body where none can be: HEAD, 204, 304
  if (!writer_.length()) attempt_.note_bulk(writer_.bytes(), bytes.size());
  writer_.body(bytes);
}

void Exchange::on_flush() {
  if (!client_->output().has_step()) return;
  writer_.flushed();
  watch_progress();
  client_->flush();
}

void Exchange::on_complete(const http::Fields& trailers, bool login_ended) {
  if (login_ended) writer_.end_connection();
  if (!writer_.end(trailers)) {
    return fail({ErrorType::http_response_incomplete, Side::origin, Phase::response,
                 Proof::response_started,
                 plan_.origin().to_string() + ": the body's length is not what was declared"});
  }
  become(State::replied);
  client_->finish(writer_.keeps_alive());
}

void Exchange::on_upgrade(const http::ResponseHead& head,
                          std::unique_ptr<tls::Transport> connection, std::string_view rest,
                          ConnectionLease place) {
  place_ = std::move(place);
  record_.timings.first_byte = context_.loop.now() - client_->request_began();
  record_.status = head.status;
  note_headers(head);
  writer_.switch_protocols(head, *attempt_.connection().protocol);
  become(State::tunnel);
  client_->begin_tunnel(std::move(connection), rest);
}

void Exchange::note_tunnel(const UpgradeTunnel& tunnel, UpgradeTunnel::End how) {
  body_.pass(tunnel.to_origin());
  writer_.add_bytes(tunnel.to_client());
  if (how != UpgradeTunnel::End::closed)
    record_.error = error_of(how, config_->timeouts.tunnel_idle);
}

bool Exchange::client_owes() const {
  return !writer_.has_begun() && !client_->request_complete() && !awaits_permission_ &&
         wants_body();
}

void Exchange::watch_progress() {
  using Owed = ProgressTimer::Owed;
  if (client_owes()) return progress_.watch(Owed::request_body);
  // Without a stream the pool's queue has its own deadline, and so has the session's output.
  if (!attempt_.has_stream()) return progress_.stop();
  progress_.watch(attempt_.is_sending() || writer_.has_begun() ? Owed::progress
                                                               : Owed::response_head);
}

void Exchange::on_due() {
  if (!progress_.is_late()) return;
  if (writer_.has_begun() && client_->output().held() > 0)
    return watch_progress();  // the client's turn: client_write
  const auto text = progress_.text();
  const auto owed = progress_.owed();
  if (owed == ProgressTimer::Owed::request_body)
    return reply({408, text, ErrorType::connection_read_timeout});
  if (owed == ProgressTimer::Owed::statistics)
    return reply({503, text, ErrorType::proxy_internal_error, Side::us, Phase::route});
  attempt_.drop();  // of the queue too: an exchange that has ended must not be lent a stream
  fail({ErrorType::http_response_timeout, Side::origin, Phase::response,
        writer_.has_begun() ? Proof::response_started : Proof::unknown,
        attempt_.target() + ": " + text});
}

void Exchange::on_failure(const Error& error) {
  progress_.stop();
  if (!may_try_again(error) || !may_afford(error)) return fail(error);
  try_again(error);
}

/// A request that may be done twice need not wait for a connection that may be dead.
void Exchange::on_stalled(const Error& error) {
  if (!may_try_again(error) || !may_afford(error)) return;
  auto& stalled = attempt_.leave_stream();
  try_again(error);
  stalled.cancel();
}

bool Exchange::may_try_again(const Error& error) const {
  const FailedAttempt attempt{error.proof,
                              plan_.idempotent(),
                              body_.replayable() || body_.nothing_sent(),
                              record_.retries,
                              config_->retries.attempts,
                              attempt_.is_bound() && attempt_.connection().reused};
  return !writer_.has_begun() && may_retry(attempt);
}

/// An origin that wants HTTP/1.1 says so once for all that it was asked by HTTP/2: the budget is
/// for origins in trouble.
bool Exchange::may_afford(const Error& error) const {
  if (error.proof == Proof::refused && pool_->requires_http1()) return true;
  return pool_->retry_budget().take(context_.loop.now());
}

void Exchange::try_again(const Error& error) {
  attempt_.drop_hedge();
  ++record_.retries;
  ++pool_->metrics().retries[static_cast<std::size_t>(error.proof)];
  record_.retry_proof = error.proof;
  body_.rewind();
  watch_progress();
  if (attempt_.is_bound()) client_->bound().release(*pool_);
  attempt_.begin(*pool_, *client_, attempt_.connection().serial);
}

void Exchange::fail(Error error) {
  LocalReply instead{status_of(error), error.detail, error.type};
  if (error.type == ErrorType::destination_unavailable) instead.retry_after = pool_->retry_after();
  record_.error = std::move(error);
  if (writer_.state() == ResponseWriter::State::flushed) return client_->abort();
  give(instead);
}

/// Instead of what the attempt may still bring.
void Exchange::reply(const LocalReply& reply) {
  attempt_.drop();
  if (reply.error) {
    record_.error = Error{*reply.error, reply.side, reply.phase, Proof::not_sent, reply.text};
    if (writer_.state() == ResponseWriter::State::flushed) return client_->abort();
    if (reply.side == Side::client && reply.phase != Phase::route) writer_.end_connection();
  }
  give(reply);
}

void Exchange::give(const LocalReply& reply, std::string_view type) {
  writer_.make_room();
  if (attempt_.is_bound() || context_.draining || !client_->request_complete())
    writer_.end_connection();
  attempt_.drop_hedge();
  logged_headers_.drop_response();
  record_.status = reply.status;
  writer_.reply(reply, context_.date.at(context_.loop.now()), type);
  become(State::replied);
  client_->finish(writer_.keeps_alive());
}

Departure::Stage Exchange::stage() const {
  using Stage = Departure::Stage;
  if (!pool_) return Stage::before_reply;
  if (writer_.has_begun()) return Stage::in_response;
  if (client_owes()) return Stage::in_body;
  if (!attempt_.has_stream()) return Stage::in_queue;
  return attempt_.is_sent() ? Stage::before_head : Stage::being_sent;
}

Departure Exchange::departure() const {
  const auto now = context_.loop.now();
  Departure d{.stage = stage(), .since_request = now - client_->request_began()};
  if (!pool_) return d;
  d.since_progress = progress_.stands_still_for();
  attempt_.describe(d, now);
  d.received = body_.received();
  d.sent = writer_.bytes();
  d.not_taken = client_->output().held();
  return d;
}

void Exchange::on_client_gone() {
  if (!record_.error) record_.error = error_of(departure());
  attempt_.drop();
  record_.status = 499;
  become(State::idle);
}

void Exchange::on_aborted() {
  attempt_.drop();
  if (!record_.error) record_.error = stalled_client(config_->timeouts.client_write);
  if (record_.status == 0) record_.status = 499;
  become(State::idle);
}

void Exchange::note_headers(const http::ResponseHead& head) {
  if (context_.access_log.enabled())
    logged_headers_.take_response(head.fields, config_->log.access);
}

void Exchange::write_record(const ClientSession& client) {
  logged_headers_.take_request(plan_.head().fields, config_->log.access);
  record_.write(context_.access_log, client.address().text, plan_, attempt_, logged_headers_);
}

/// The exchange is over: its one record, and nothing more from it.
void Exchange::log() {
  const auto* client = std::exchange(client_, nullptr);
  if (!client) return;
  body_.release();
  const auto now = context_.loop.now();
  record_.timings.total = now - client->request_began();
  record_.bytes_in = body_.received();
  record_.bytes_out = writer_.bytes();
  record_.count(context_.metrics, pool_ ? &pool_->metrics() : nullptr, now);
  if (context_.access_log.enabled()) write_record(*client);
  if (pool_)
    pool_->note_request_end(record_.status, record_.error ? &*record_.error : nullptr,
                            attempt_.asked_at());
  if (place_) pool_->exclusive().give_back_place();
  place_.reset();
  if (auto* pool = std::exchange(pool_, nullptr)) pool->leave();
  config_.reset();
}

}  // namespace ccnproxy::proxy
