#include "ccnproxy/origin/http1_connection.h"

#include <cstring>

#include "ccnproxy/http/keep_alive.h"
#include "ccnproxy/origin/socket_options.h"

namespace ccnproxy::origin {
namespace {

/// A connection that has stood so long is one that the origin may end at any time, whether or not
/// it has carried a request.
constexpr Duration aged_after = std::chrono::milliseconds(300);

}  // namespace

Http1Connection::Http1Connection(const ConnectionContext& context,
                                 std::unique_ptr<tls::Transport> transport, ConnectionInfo info,
                                 ConnectionListener& listener, std::shared_ptr<PeerFacts> facts)
    : context_(context),
      transport_(std::move(transport)),
      info_(std::move(info)),
      listener_(listener),
      flush_task_(Delegate<void()>::to<&Http1Connection::flush>(this)),
      chunks_(context.limits),
      facts_(std::move(facts)),
      use_(facts_, info_.address),
      liveness_(context.loop, info_.rtt, *this),
      opened_(context.loop.now()),
      watched_(EPOLLIN) {
  context_.loop.watch(transport_->fd(), watched_, *this);
}

Http1Connection::~Http1Connection() { context_.loop.cancel(flush_task_); }

OriginStream& Http1Connection::open(const http::OutgoingRequest& request, ResponseSink& sink) {
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
  interim_ = 0;
  request_at_ = queued_bytes_;
  std::string head;
  http::append_request_head(head, request);
  output_.append(head);
  queued_bytes_ += head.size();
  context_.loop.at_turn_end(flush_task_);
  return *this;
}

void Http1Connection::drain(std::string_view reason) {
  if (!draining_) end_reason_ = reason;
  draining_ = true;
  context_.loop.at_turn_end(flush_task_);
}

std::size_t Http1Connection::write_body(std::string_view bytes) {
  const auto passed = pass_body(bytes);
  const auto rest = bytes.substr(passed);
  const auto room = upload_limit - std::min(upload_limit, output_.size());
  const auto taken = std::min(room, rest.size());
  if (taken > 0) queue_body(rest.substr(0, taken));
  if (taken < rest.size()) wants_writable_ = true;
  return passed + taken;
}

/// Large bodies of known length go from the client's buffer to the socket, without a copy, once the
/// head has gone out. A failure is left to flush(), since nobody may be told from within a stream's
/// call.
std::size_t Http1Connection::pass_body(std::string_view bytes) {
  const bool fixed = request_->body.kind == http::BodyFraming::Kind::length;
  if (!fixed || closed_ || socket_full_ || !output_.empty() || written_bytes_ <= request_at_)
    return 0;
  std::size_t passed = 0;
  while (passed < bytes.size()) {
    const auto r = transport_->write(bytes.substr(passed));
    if (r.status != tls::IoStatus::ok) {
      socket_full_ = r.status == tls::IoStatus::would_block;
      update_watch();
      break;
    }
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
  context_.loop.at_turn_end(flush_task_);
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
  context_.loop.at_turn_end(flush_task_);
}

void Http1Connection::consumed(std::size_t n) {
  const bool paused = backlog_ >= backlog_limit;
  backlog_ -= std::min<std::uint64_t>(n, backlog_);
  if (!paused || backlog_ >= backlog_limit) return;
  read_again_ = true;  // what is in our buffers already, no descriptor will tell of
  update_watch();
  context_.loop.at_turn_end(flush_task_);
}

void Http1Connection::cancel() {
  sink_ = nullptr;  // the response can't be told from the next one: the connection ends with the
                    // request
  drain("request cancelled");
}

void Http1Connection::on_io(std::uint32_t events) {
  if (closed_) return;
  if (events & EPOLLOUT) {
    socket_full_ = false;
    update_watch();
    context_.loop.at_turn_end(flush_task_);
  }
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    while (!closed_ && read_batch()) {
    }
  }
}

/// Reads once what fits, tells the sink, and returns whether more is to be had without waiting.
bool Http1Connection::read_batch() {
  auto* buffer = context_.buffers.read.get();
  std::size_t size = 0;
  auto status = tls::IoStatus::ok;
  do {
    const auto r = transport_->read(buffer + size, WorkerBuffers::read_bytes - size);
    status = r.status;
    if (status == tls::IoStatus::ok) size += r.bytes;
    more_to_read_ = status == tls::IoStatus::ok && transport_->has_more();
  } while (more_to_read_ && size + 16 * 1024 <= WorkerBuffers::read_bytes);
  if (size > 0) {
    context_.loop.count_work();
    received_bytes_ += size;
    liveness_.on_read();
    if (facts_->probes) facts_->probes->heard(info_.address);
    if (!take({buffer, size})) return false;
    if (sink_) sink_->on_flush();
  }
  if (status != tls::IoStatus::ok && status != tls::IoStatus::would_block) {
    on_end(status);
    return false;
  }
  return more_to_read_ && backlog_ < backlog_limit;
}

bool Http1Connection::take(std::string_view bytes) {
  while (!bytes.empty()) {
    // What came before the first byte of a request had left can't be its answer: the 408 of an
    // origin that was about to close, say (F005).
    if (!request_ || !sink_ || written_bytes_ <= request_at_) {
      fail(ErrorType::http_protocol_error, "bytes that nobody asked for");
      return false;
    }
    if (!(reading_ == Reading::head ? take_head(bytes) : take_body(bytes))) return false;
  }
  return !closed_;
}

bool Http1Connection::take_head(std::string_view& bytes) {
  const bool whole = head_bytes_.empty();
  if (!whole) head_bytes_.append(bytes);
  const auto result =
      parser_.parse(whole ? bytes : std::string_view(head_bytes_), context_.limits, head_);
  if (result.status == http::ParseStatus::failed) {
    const auto type = result.over_limit ? ErrorType::http_response_header_section_size
                                        : ErrorType::http_protocol_error;
    fail(type, std::string("the response head is malformed: ").append(result.reason));
    return false;
  }
  if (result.status == http::ParseStatus::incomplete) {
    if (whole) head_bytes_.assign(bytes);
    bytes = {};
    return true;
  }
  bytes.remove_prefix(whole ? result.consumed
                            : result.consumed - (head_bytes_.size() - bytes.size()));
  const bool good = on_head(bytes);
  head_bytes_.clear();
  parser_.reset();
  return good;
}

bool Http1Connection::on_head(std::string_view& rest) {
  if (head_.status == 101) return switch_protocols(rest);
  if (head_.status < 200) {
    if (++interim_ > most_interim_responses) return broken("interim responses without end");
    sink_->on_informational(head_);
    return true;
  }
  const auto framing = http::response_framing(request_->method, head_);
  if (!framing) return broken(framing.error().reason);
  using Kind = http::BodyFraming::Kind;
  final_head_ = true;
  facts_->note_head(context_.loop.now() - requested_);
  note_announced();
  keep_ = http::is_persistent(head_.version, head_.fields) && framing->kind != Kind::until_close;
  sink_->on_response(head_, *framing);
  if (!sink_) return false;  // cancelled by what it heard
  body_left_ = framing->length;
  switch (framing->kind) {
    case Kind::none:
      if (!rest.empty())
        keep_ = false;  // e.g. a body on HEAD: never read as the next response (F006)
      rest = {};
      complete({});
      break;
    case Kind::length:
      reading_ = Reading::fixed;
      break;
    case Kind::chunked:
      reading_ = Reading::chunked;
      chunks_.reset();
      break;
    case Kind::until_close:
      reading_ = Reading::until_close;
      break;
  }
  return !closed_;
}

/// The connection is no longer HTTP's: whoever asked for that takes it (RFC 9110 §7.8).
bool Http1Connection::switch_protocols(std::string_view rest) {
  if (request_->upgrade.empty()) return broken("101 to a request that asked for no upgrade");
  if (!body_ended_ || !output_.empty()) return broken("101 before the request was complete");
  if (!http::find(head_.fields, http::FieldId::upgrade))
    return broken("101 that does not say to what");
  closed_ = draining_ = true;
  end_reason_ = "became a tunnel";
  liveness_.stop();
  context_.loop.cancel(flush_task_);
  context_.loop.unwatch(transport_->fd());
  request_ = nullptr;
  std::exchange(sink_, nullptr)->on_upgrade(head_, std::move(transport_), rest);
  listener_.on_closed(*this, end_reason_);
  return false;
}

bool Http1Connection::take_body(std::string_view& bytes) {
  if (reading_ == Reading::chunked) return take_chunked(bytes);
  const auto n =
      reading_ == Reading::fixed ? std::min<std::uint64_t>(body_left_, bytes.size()) : bytes.size();
  give_body(bytes.substr(0, n));
  bytes.remove_prefix(n);
  if (reading_ == Reading::fixed && (body_left_ -= n) == 0) {
    if (!bytes.empty())
      keep_ = false;  // more than it declared: never read as the next response (F006)
    bytes = {};
    complete({});
  }
  return !closed_;
}

bool Http1Connection::take_chunked(std::string_view& bytes) {
  const auto step = chunks_.step(bytes);
  bytes.remove_prefix(step.consumed);
  using Event = http::ChunkedDecoder::Event;
  switch (step.event) {
    case Event::need_more:
      return true;
    case Event::data:
      give_body(step.data);
      return true;
    case Event::failed:
      return broken(step.reason);
    case Event::end:
      break;
  }
  if (!bytes.empty()) keep_ = false;
  bytes = {};
  complete(chunks_.trailers());
  return !closed_;
}

void Http1Connection::give_body(std::string_view bytes) {
  if (!sink_ || bytes.empty()) return;
  backlog_ += bytes.size();
  sink_->on_body(bytes);
  update_watch();
}

bool Http1Connection::broken(std::string_view reason) {
  fail(ErrorType::http_protocol_error, std::string("the origin broke HTTP/1.1: ").append(reason));
  return false;
}

/// The response is whole. The connection lives on only if the request is too: an origin that
/// answered early will never be able to tell the rest of the body from the next request.
void Http1Connection::complete(const http::Fields& trailers) {
  auto* sink = std::exchange(sink_, nullptr);
  if (!keep_) {
    drain("the origin ends the connection");
  } else if (!body_ended_ || !output_.empty()) {
    drain("answered before the request was complete");
    output_.clear();
  }
  finish_request();
  if (draining_) context_.loop.at_turn_end(flush_task_);  // told so while the request ran
  if (sink) sink->on_complete(trailers);
  if (!closed_) listener_.on_capacity(*this);
}

void Http1Connection::finish_request() {
  request_ = nullptr;
  reading_ = Reading::head;
  backlog_ = 0;
  wants_writable_ = false;
  update_watch();
}

void Http1Connection::on_end(tls::IoStatus status) {
  if (request_ && reading_ == Reading::until_close && status == tls::IoStatus::closed) {
    complete({});
    return;
  }
  const auto reason = status == tls::IoStatus::failed ? transport_->failure()
                      : status == tls::IoStatus::truncated
                          ? std::string("closed by the origin without close_notify")
                          : std::string("closed by the origin");
  fail(ErrorType::connection_terminated, reason);
}

void Http1Connection::flush() {
  if (closed_) return;
  if (std::exchange(read_again_, false) && more_to_read_) {
    while (!closed_ && read_batch()) {
    }
    if (closed_) return;
  }
  if (!socket_full_ && !write_output()) return;
  if (wants_writable_ && output_.size() <= upload_limit / 2) {
    wants_writable_ = false;
    if (sink_) sink_->on_writable();
  }
  if (draining_ && (!request_ || !sink_)) fail(ErrorType::connection_terminated, end_reason_);
}

bool Http1Connection::write_output() {
  while (!output_.empty()) {
    const auto r = transport_->write(output_.view());
    if (r.status == tls::IoStatus::would_block) {
      socket_full_ = true;
      update_watch();
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
  const std::uint32_t wanted =
      (backlog_ < backlog_limit ? EPOLLIN : 0u) | (socket_full_ ? EPOLLOUT : 0u);
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
  } else if ((requests_ > 1 || on_aged_) && interim_ == 0 && head_bytes_.empty() &&
             (type == ErrorType::connection_terminated ||
              type == ErrorType::connection_read_timeout)) {
    error.proof = Proof::no_byte_on_reused;
  }
  return error;
}

PathState Http1Connection::path_state() const { return origin::path_state(transport_->fd()); }

std::optional<TimePoint> Http1Connection::unanswered_since() const {
  return facts_->probes ? facts_->probes->unanswered_since(info_.address) : std::nullopt;
}

/// Another connection, or nobody but a probe, waits in vain for the address that this one leads to.
bool Http1Connection::is_address_silent() const {
  const auto since = unanswered_since();
  return since && context_.loop.now() - *since >= liveness_times(info_.rtt).answer;
}

void Http1Connection::on_suspicion() {
  if (closed_) return;
  if (liveness_.is_suspicious()) facts_->suspect(info_.address, context_.loop.now());
  listener_.on_capacity(*this);
}

void Http1Connection::on_stalled() {
  constexpr auto type = ErrorType::connection_read_timeout;
  const std::string reason = "the origin gave no sign of life";
  if (!request_ || !sink_) return fail(type, reason);
  if (!final_head_) sink_->on_stalled(failure_of(type, reason));
}

/// Keep-Alive: timeout=N, max=M (RFC 2068 §19.7.1.1; no standard any more, but what servers say).
void Http1Connection::note_announced() {
  const auto* field = http::find(head_.fields, "keep-alive");
  if (!field) return;
  const auto said = http::parse_keep_alive(field->value);
  if (said.timeout) announced_.idle = *said.timeout;
  if (said.max) announced_.requests = requests_ + *said.max;
}

void Http1Connection::fail(ErrorType type, const std::string& reason) {
  if (closed_) return;
  auto error = failure_of(type, reason);
  closed_ = draining_ = true;
  if (end_reason_.empty()) end_reason_ = reason;
  liveness_.stop();
  transport_->close();
  auto* sink = std::exchange(sink_, nullptr);
  request_ = nullptr;
  if (sink) sink->on_failure(std::move(error));
  listener_.on_closed(*this, end_reason_);
}

}  // namespace ccnproxy::origin
