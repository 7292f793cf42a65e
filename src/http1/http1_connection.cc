// Its life, and the request on its way out; the response is in http1_response.cc.

#include "ccnproxy/http1/http1_connection.h"

#include <cstring>

#include "ccnproxy/net/socket_options.h"

namespace ccnproxy::http1 {
namespace {

/// A connection that has stood so long is one that the origin may end at any time, whether or not
/// it has carried a request.
constexpr Duration aged_after = std::chrono::milliseconds(300);
/// As long as an HTTP/2 connection's, for the same reason.
constexpr Duration pause = std::chrono::milliseconds(10);

}  // namespace

Http1Connection::Http1Connection(const origin::ConnectionContext& context,
                                 std::unique_ptr<tls::Transport> transport,
                                 origin::ConnectionInfo info, origin::ConnectionListener& listener,
                                 std::shared_ptr<origin::PeerState> facts)
    : context_(context),
      transport_(std::move(transport)),
      info_(std::move(info)),
      listener_(listener),
      flush_task_(Delegate<void()>::to<&Http1Connection::flush>(this)),
      pause_timer_(context.loop.timers(), Delegate<void()>::to<&Http1Connection::end_pause>(this)),
      held_(context.buffers.held, MemoryBudget::For::origins),
      not_sent_lowat_(context.buffers.unsent_room),
      chunks_(context.limits, http::Sender::origin),
      facts_(std::move(facts)),
      use_(*facts_, info_.address),
      liveness_(context.loop, info_.rtt, *this),
      opened_(context.loop.now()),
      watched_(EPOLLIN) {
  context_.loop.watch(transport_->fd(), watched_, *this);
}

Http1Connection::~Http1Connection() { context_.loop.cancel(flush_task_); }

origin::OriginStream& Http1Connection::open(const http::OutgoingRequest& request,
                                            origin::ResponseSink& sink) {
  request_ = &request;
  sink_ = &sink;
  ++requests_;
  requested_ = context_.loop.now();
  on_aged_ = requested_ - opened_ > aged_after;
  liveness_.on_request();
  reading_ = Reading::head;
  parser_.reset();
  body_ended_ = !request.has_body();
  final_head_ = wants_writable_ = false;
  keep_ = true;
  backlog_ = 0;
  interim_ = false;
  interim_limiter_ = origin::InterimLimiter();
  request_at_ = queued_bytes_;
  std::string head;
  http::append_request_head(head, request);
  output_.append(head);
  queued_bytes_ += head.size();
  context_.loop.defer(flush_task_);
  return *this;
}

void Http1Connection::drain(std::string_view reason) {
  if (!draining_) end_reason_ = reason;
  draining_ = true;
  context_.loop.defer(flush_task_);
}

std::size_t Http1Connection::write_body(std::string_view bytes) {
  const auto passed = pass_body(bytes);
  const auto rest = bytes.substr(passed);
  const auto limit =
      context_.buffers.held.under_pressure() ? upload_limit_under_pressure : upload_limit;
  const auto room = limit - std::min(limit, output_.size());
  const auto taken = std::min(room, rest.size());
  if (taken > 0) queue_body(rest.substr(0, taken));
  account();
  if (taken < rest.size()) wants_writable_ = true;
  return passed + taken;
}

bool Http1Connection::takes_body() {
  const bool takes = !socket_full_ && output_.size() < upload_enough;
  if (!takes) wants_writable_ = true;
  return takes;
}

/// Large bodies of known length go from the client's buffer to the socket, without a copy, once the
/// head has gone out. A failure is left to flush(): a stream's call must not call back.
std::size_t Http1Connection::pass_body(std::string_view bytes) {
  const bool fixed = request_->body.kind == http::BodyFraming::Kind::length;
  if (!fixed || closed_ || socket_full_ || !output_.empty() || written_bytes_ <= request_at_)
    return 0;
  std::size_t passed = 0;
  while (passed < bytes.size()) {
    const auto r = transport_->write(bytes.substr(passed));
    if (r.status == tls::IoStatus::would_block) wait_for_room();
    if (r.status != tls::IoStatus::ok) break;
    passed += r.bytes;
    queued_bytes_ += r.bytes;
    written_bytes_ += r.bytes;
  }
  return passed;
}

void Http1Connection::queue_body(std::string_view bytes) {
  const auto before = output_.size();
  const bool chunked = request_->body.kind == http::BodyFraming::Kind::chunked;
  std::string size;
  if (chunked) http::append_chunk_size(size, bytes.size());
  output_.append(size);
  output_.append(bytes);
  if (chunked) output_.append("\r\n");
  queued_bytes_ += output_.size() - before;
  context_.loop.defer(flush_task_);
}

void Http1Connection::end_body(const http::Fields& trailers) {
  body_ended_ = true;
  if (request_->body.kind != http::BodyFraming::Kind::chunked) return;
  std::string last = "0\r\n";
  for (const auto& field : trailers)
    last.append(field.name).append(": ").append(field.value).append("\r\n");
  last += "\r\n";
  output_.append(last);
  queued_bytes_ += last.size();
  context_.loop.defer(flush_task_);
}

void Http1Connection::consumed(std::size_t n) {
  backlog_ -= std::min<std::uint64_t>(n, backlog_);
  const bool watching = watched_ & EPOLLIN;
  if (!takes_more() || (watching && !more_to_read_)) return;
  read_again_ = true;  // what is in our buffers already, no descriptor will tell of
  update_watch();
  context_.loop.defer(flush_task_);
}

void Http1Connection::cancel() {
  sink_ = nullptr;  // the response can't be told from the next one: the connection ends with the
                    // request
  given_up_ = !draining_;
  drain("request cancelled");
}

void Http1Connection::on_io(std::uint32_t events) {
  if (closed_) return;
  if (transport_->read_awaits_room() || transport_->write_awaits_bytes())
    return on_crossed_io(events & (EPOLLHUP | EPOLLERR));
  if (events & EPOLLOUT) {
    socket_full_ = false;
    update_watch();
    context_.loop.defer(flush_task_);
  }
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) read_all(events & (EPOLLHUP | EPOLLERR));
}

/// In a TLS handshake that the origin asked for, either direction may be what both wait for. What a
/// write has received for it, no descriptor will tell of.
void Http1Connection::on_crossed_io(bool to_the_end) {
  read_all(to_the_end);
  if (closed_) return;
  socket_full_ = false;
  read_again_ = more_to_read_ = true;
  update_watch();
  context_.loop.defer(flush_task_);
}

/// `to_the_end`: nothing more will come, and a pause would only be told so again and again.
void Http1Connection::read_all(bool to_the_end) {
  while (!closed_ && (to_the_end || may_read()) && read_batch()) {
  }
  if (closed_) return;
  update_watch();  // whether memory is under pressure has changed, maybe, since bytes came
  account();
}

/// Whether the client has taken so much that the origin is to be read.
bool Http1Connection::takes_more() const {
  return !reading_paused_ &&
         backlog_ < (context_.buffers.held.under_pressure() ? 1 : backlog_limit);
}

/// Not the answer while memory is full of what clients have not taken. All else at once: bytes that
/// came before the request left must be seen before it leaves (F005).
bool Http1Connection::may_read() {
  const bool is_answer = request_ && written_bytes_ > request_at_;
  if (!is_answer || !context_.buffers.held.origins_must_wait()) return takes_more();
  reading_paused_ = true;
  pause_timer_.set_after(pause);
  return false;
}

/// That nothing was heard meanwhile was our doing.
void Http1Connection::end_pause() {
  if (context_.buffers.held.origins_must_wait()) return pause_timer_.set_after(pause);
  reading_paused_ = false;
  liveness_.on_read();
  if (request_) liveness_.on_request();
  update_watch();
  read_again_ = true;
  context_.loop.defer(flush_task_);
}

void Http1Connection::flush() {
  if (closed_) return;
  if (std::exchange(read_again_, false) && more_to_read_) {
    read_all(false);
    if (closed_) return;
  }
  if (!socket_full_ && !write_output()) return;
  account();
  if (wants_writable_ && takes_body()) {
    wants_writable_ = false;
    if (sink_) sink_->on_writable();
  }
  if (draining_ && (!request_ || !sink_)) fail(ErrorType::connection_terminated, end_reason_);
}

void Http1Connection::wait_for_room() {
  socket_full_ = true;
  not_sent_lowat_.on_full(transport_->fd(), written_bytes_, context_.buffers.held.under_pressure());
  update_watch();
}

bool Http1Connection::write_output() {
  while (!output_.empty()) {
    const auto r = transport_->write(output_.view());
    if (r.status == tls::IoStatus::would_block) {
      wait_for_room();
      return true;
    }
    if (r.status != tls::IoStatus::ok) {
      // An answer that explains the reset may still be in the socket (an early 413): read before
      // giving up.
      const auto why = transport_->failure();
      while (!closed_ && read_batch()) {
      }
      if (!closed_) fail(ErrorType::connection_terminated, why);
      return false;
    }
    written_bytes_ += r.bytes;
    output_.consume(r.bytes);
  }
  return true;
}

void Http1Connection::update_watch() {
  if (closed_) return;
  const bool full = socket_full_ && !transport_->write_awaits_bytes();
  const bool writes = full || transport_->read_awaits_room();
  const bool reads = (takes_more() && !transport_->read_awaits_room()) || (socket_full_ && !full);
  const std::uint32_t wanted = (reads ? EPOLLIN : 0u) | (writes ? EPOLLOUT : 0u);
  if (wanted == watched_) return;
  watched_ = wanted;
  context_.loop.rewatch(transport_->fd(), wanted, *this);
}

Error Http1Connection::failure_of(ErrorType type, const std::string& reason) const {
  Error error{type, Side::origin, Phase::response, Proof::unknown, reason};
  if (final_head_) {
    error.proof = Proof::response_started;
    if (type == ErrorType::connection_terminated) error.type = ErrorType::http_response_incomplete;
  } else if (written_bytes_ <= request_at_) {
    error.proof = Proof::not_sent;
    error.phase = Phase::send;
  } else if ((requests_ > 1 || on_aged_) && !interim_ && head_bytes_.empty() &&
             (type == ErrorType::connection_terminated ||
              type == ErrorType::connection_read_timeout)) {
    error.proof = Proof::no_byte_on_reused;
  }
  return error;
}

PathCounters Http1Connection::path_counters() const {
  return ccnproxy::path_counters(transport_->fd());
}

PathState Http1Connection::path_state() const { return ccnproxy::path_state(transport_->fd()); }

std::optional<TimePoint> Http1Connection::unanswered_since() const {
  return facts_->probes ? facts_->probes->unanswered_since(info_.address) : std::nullopt;
}

/// Whether another connection to this address, or a probe of it, waits in vain.
bool Http1Connection::is_address_silent() const {
  const auto since = unanswered_since();
  return since && context_.loop.now() - *since >= origin::liveness_times(info_.rtt).answer;
}

void Http1Connection::on_suspicion() {
  if (closed_) return;
  if (liveness_.is_suspicious()) facts_->suspect(info_.address, context_.loop.now());
  listener_.on_capacity(*this);
}

void Http1Connection::on_stalled() {
  constexpr auto type = ErrorType::connection_read_timeout;
  const auto reason = liveness_.silence_text();
  if (!request_ || !sink_) {
    if (end_reason_.empty()) end_reason_ = origin::no_sign_of_life;
    return fail(type, reason);
  }
  if (!final_head_) sink_->on_stalled(failure_of(type, reason));
}

void Http1Connection::fail(ErrorType type, const std::string& reason) {
  if (closed_) return;
  auto error = failure_of(type, reason);
  closed_ = draining_ = true;
  if (end_reason_.empty()) end_reason_ = reason;
  liveness_.stop();
  pause_timer_.cancel();
  held_.set(0);
  transport_->close();
  auto* sink = std::exchange(sink_, nullptr);
  request_ = nullptr;
  if (sink) sink->on_failure(std::move(error));
  listener_.on_closed(*this, end_reason_);
}

}  // namespace ccnproxy::http1
