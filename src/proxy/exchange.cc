#include "ccnproxy/proxy/exchange.h"

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/http/field_rules.h"
#include "ccnproxy/proxy/client_session.h"
#include "ccnproxy/proxy/own_response.h"

namespace ccnproxy::proxy {
namespace {

/// The same views, of a copy of the bytes they were of. `out` keeps what it has grown to.
void rebase(const http::RequestHead& head, std::string_view from, std::string_view to,
            http::RequestHead& out) {
  const auto move = [&](std::string_view v) {
    return v.empty() ? std::string_view()
                     : to.substr(static_cast<std::size_t>(v.data() - from.data()), v.size());
  };
  out.method = move(head.method);
  out.target = move(head.target);
  out.version = head.version;
  out.fields.clear();
  for (const auto& field : head.fields)
    out.fields.push_back({move(field.name), move(field.value), field.id});
}

std::string body_over(std::uint64_t limit) {
  return "the request's body is larger than limits.body_bytes, which is " + size_text(limit);
}

std::string_view host_of(const http::RequestHead& head) {
  const auto* host = http::find(head.fields, http::FieldId::host);
  return host ? host->value : std::string_view();
}

}  // namespace

Exchange::Exchange(ProxyContext& context)
    : context_(context),
      timer_(context.loop.timers(), Delegate<void()>::to<&Exchange::on_timer>(this)) {}

Exchange::~Exchange() { drop_attempt(); }

void Exchange::reset() {
  request_.clear();
  authority_.clear();
  path_.clear();
  upgrade_.clear();
  forwards_left_.clear();
  request_id_.clear();
  trailer_bytes_.clear();
  trailers_.clear();
  outgoing_.fields.clear();
  outgoing_.body = {};
  outgoing_.accepts_trailers = false;
  outgoing_.upgrade = {};
  body_.reset(config_->retries.replay_bytes);
  sending_.release();
  idempotent_ = expects_continue_ = awaits_permission_ = debug_ = login_ = false;
  pool_ = nullptr;
  stream_ = nullptr;
  if (hedge_) hedge_->forget();
  dedicated_ = nullptr;
  bound_ = false;
  place_.reset();
  connection_serial_ = 0;
  body_end_sent_ = false;
  response_begun_ = response_flushed_ = chunked_ = body_expected_ = false;
  keep_alive_ = true;
  body_length_.reset();
  credit_ = 0;
  asked_pool_at_ = {};
  status_ = 0;
  bytes_out_ = 0;
  timings_ = {};
  origin_text_.clear();
  address_.clear();
  protocol_.reset();
  reused_ = false;
  found_.reset();
  retries_ = 0;
  retry_proof_.reset();
  error_.reset();
}

void Exchange::adopt(ClientSession& client, std::string_view head_bytes,
                     const http::RequestHead& head) {
  config_ = context_.config;
  reset();
  client_ = &client;
  began_at_ = std::chrono::system_clock::now();
  head_bytes_.assign(head_bytes);
  rebase(head, head_bytes, head_bytes_, request_);
}

void Exchange::refuse(ClientSession& client, std::string_view bytes, std::uint16_t status,
                      std::string_view reason, ErrorType type) {
  adopt(client, bytes, {});
  keep_alive_ = false;
  // As much of the request line as can be told, for the log.
  const auto line = std::string_view(head_bytes_).substr(0, head_bytes_.find_first_of("\r\n"));
  const auto space = line.find(' ');
  request_.method = line.substr(0, std::min<std::size_t>(space, 16));
  if (space != line.npos)
    request_.target = line.substr(space + 1, line.find(' ', space + 1) - space - 1);
  fail_with(status, type, Side::client, Phase::request, reason);
}

void Exchange::begin(ClientSession& client, std::string_view head_bytes,
                     const http::RequestHead& head, const http::BodyFraming& framing) {
  adopt(client, head_bytes, head);
  choose_request_id();
  if (!map() || !is_served(framing) || !may_go_on()) return;
  const auto limit = config_->limits.body_bytes;
  if (limit > 0 && framing.length > limit) {
    return fail_with(413, ErrorType::http_request_error, Side::client, Phase::request,
                     body_over(limit));
  }
  if (context_.memory.full()) {
    return fail_with(503, ErrorType::connection_limit_reached, Side::us, Phase::queue,
                     "the memory for slow clients and origins is all in use (limits.memory is " +
                         size_text(config_->limits.memory) + ")");
  }
  auto* pool = find_pool();
  if (!pool) return;
  if (may_go_elsewhere()) {
    if (const auto worker = pool->better_worker()) return go_to(*worker);
  }
  pool_ = pool;
  timeouts_ = pool_->timeouts();
  pool_->enter();
  build_request(framing);
  pool_->retry_budget().on_request();
  if (expects_continue_) answer_expectation();
  if (!client_) return;  // it left just now
  watch_progress();
  acquire(0);
}

bool Exchange::may_go_elsewhere() const { return upgrade_.empty() && client_->can_hand_over(); }

void Exchange::go_to(std::size_t worker) { std::exchange(client_, nullptr)->hand_over(worker); }

void Exchange::on_client_body(std::string_view bytes) {
  awaits_permission_ = false;
  sending_.moved(context_.loop.now(), bytes.size());
  if (context_.memory.tight()) body_.keep_for_no_retry();
  const auto limit = config_->limits.body_bytes;
  if (limit > 0 && body_.received() + bytes.size() > limit) {
    return fail_with(413, ErrorType::http_request_error, Side::client, Phase::request,
                     body_over(limit));
  }
  note_bulk(body_.received(), bytes.size());
  if (stream_ && body_.may_pass(bytes.size())) {
    const auto taken = stream_->write_body(bytes);
    body_.pass(taken);
    bytes.remove_prefix(taken);
  }
  if (!bytes.empty()) {
    body_.append(bytes);
    send_body();
  }
  watch_progress();
}

void Exchange::on_client_body_end(const http::Fields& trailers) {
  for (const auto& field : trailers) {
    if (http::trailer_allowed(field)) trailer_bytes_.append(field.name).append(field.value);
  }
  std::string_view rest = trailer_bytes_;
  const auto take = [&](std::size_t n) {
    const auto piece = rest.substr(0, n);
    rest.remove_prefix(n);
    return piece;
  };
  for (const auto& field : trailers) {
    if (!http::trailer_allowed(field)) continue;
    const auto name = take(field.name.size());
    trailers_.push_back({name, take(field.value.size()), field.id});
  }
  body_.complete();
  send_body();
  watch_progress();
}

void Exchange::on_client_broken(std::string_view reason) {
  cancel_stream();
  fail_with(400, ErrorType::http_request_error, Side::client, Phase::request, reason);
}

void Exchange::fail(Error error) {
  const auto status = status_of(error);
  if (error_)
    *error_ = std::move(error);
  else
    error_.emplace(std::move(error));
  if (response_flushed_) return client_->abort();
  drop_answer();
  answer(status, to_string(error_->type), error_->detail);
}

/// Before an answer of our own. An origin's head that never left makes room: an honest status can
/// still be given (F085). What was sent before it, interim responses, is sent to its end first,
/// and a client that has not taken that gets no further response (F155).
void Exchange::drop_answer() {
  auto& output = client_->output();
  if (response_begun_) output.drop_step();
  if (output.held() > 0 || bound_ || !client_->request_complete()) keep_alive_ = false;
}

void Exchange::fail_with(std::uint16_t status, ErrorType type, Side side, Phase phase,
                         std::string_view detail) {
  drop_attempt();
  error_ = Error{type, side, phase, Proof::not_sent, std::string(detail)};
  if (response_flushed_) return client_->abort();
  if (side == Side::client && phase != Phase::route) keep_alive_ = false;
  drop_answer();
  answer(status, to_string(type), error_->detail);
}

void Exchange::answer(std::uint16_t status, std::string_view error_type, std::string_view text,
                      std::string_view type) {
  timer_.cancel();
  if (hedge_) hedge_->drop();
  status_ = status;
  response_begun_ = response_flushed_ = true;
  OwnResponse response{status, error_type, text, config_->request_id_header, request_id_};
  response.type = type;
  response.date = context_.date.at(context_.loop.now());
  response.head_only = request_.method == "HEAD";
  response.tells_methods = status == 200 && request_.method == "OPTIONS";
  response.close =
      !keep_alive_ || context_.draining || !http::is_persistent(request_.version, request_.fields);
  response.http10_keep_alive = request_.version == http::Version::http10;
  append_own_response(client_->output().front(), response);
  if (!response.head_only) bytes_out_ = text.size() + 1;
  client_->finish(keep_alive_);
}

void Exchange::on_client_gone() {
  if (!error_) error_ = departure();
  drop_attempt();
  status_ = 499;
  log();
}

void Exchange::on_aborted() {
  drop_attempt();
  if (!error_)
    error_ = Error{
        ErrorType::connection_write_timeout, Side::client, Phase::response, Proof::unknown,
        "the client took no byte within " + time_text(config_->timeouts.client_write) +
            " (timeouts.client_write), or less than limits.min_rate, or the proxy was told to "
            "end"};
  if (status_ == 0) status_ = 499;
  log();
}

void Exchange::end() {
  timer_.cancel();
  log();
}

void Exchange::count() {
  auto& metrics = context_.metrics;
  metrics.count_timings(timings_);
  metrics.recent.add(timings_.total, context_.loop.now());
  if (error_) metrics.count_error(*error_);
  auto* pool = std::exchange(pool_, nullptr);
  if (!pool) {
    ++metrics.requests_without_origin[status_];
    metrics.bytes_in_without_origin += body_.received();
    metrics.bytes_out_without_origin += bytes_out_;
    return;
  }
  if (place_) pool->exclusive().give_back_place();
  place_.reset();
  auto& of_origin = pool->metrics();
  const auto* error = error_ ? &*error_ : nullptr;
  ++of_origin.requests[status_];
  if (error) ++of_origin.errors[{error->side, error->type}];
  pool->outcomes().count(status_, error, context_.loop.now());
  of_origin.bytes_in += body_.received();
  of_origin.bytes_out += bytes_out_;
  if (timings_.first_byte >= Duration(0))
    of_origin.response_head.add(timings_.first_byte - std::max(timings_.wait, Duration(0)));
  pool->leave();
}

/// The exchange is over: its one record, and nothing more from it.
void Exchange::log() {
  body_.release();
  const auto* client = std::exchange(client_, nullptr);
  timings_.total = context_.loop.now() - client->request_began();
  count();
  config_.reset();
  if (!context_.access_log.enabled()) return;
  observe::AccessRecord r;
  r.time = began_at_;
  r.client = client->address().text;
  r.method = request_.method;
  r.target = request_.target;
  r.host = host_of(request_);
  if (!authority_.empty()) origin_text_ = origin_.to_string();
  r.origin = origin_text_;
  if (protocol_) r.protocol = origin::to_string(*protocol_);
  r.address = address_;
  r.request_id = request_id_;
  r.status = status_;
  r.bytes_in = body_.received();
  r.bytes_out = bytes_out_;
  r.reused = reused_;
  r.retries = retries_;
  if (retry_proof_) r.retry_proof = to_string(*retry_proof_);
  if (hedge_) r.hedge = to_string(hedge_->outcome());
  if (found_) r.found = observe::to_string(*found_);
  r.timings = timings_;
  if (error_) {
    r.error = to_string(error_->type);
    r.error_side = to_string(error_->side);
    r.error_phase = to_string(error_->phase);
    r.error_detail = error_->detail;
  }
  context_.access_log.write(r);
}

}  // namespace ccnproxy::proxy
