// An HTTP/1.1 connection's other half: what comes from the origin.

#include "ccnproxy/http/keep_alive.h"
#include "ccnproxy/http/limit_text.h"
#include "ccnproxy/http1/http1_connection.h"

namespace ccnproxy::http1 {

/// Reads once what fits, tells the sink, and returns whether more is to be had without waiting.
bool Http1Connection::read_batch() {
  auto* buffer = context_.buffers.read.get();
  std::size_t size = 0;
  auto status = tls::IoStatus::ok;
  do {
    const auto r = transport_->read(buffer + size, origin::WorkerBuffers::read_bytes - size);
    status = r.status;
    if (status == tls::IoStatus::ok) size += r.bytes;
    more_to_read_ = status == tls::IoStatus::ok && transport_->has_more();
  } while (more_to_read_ && size + 16 * 1024 <= origin::WorkerBuffers::read_bytes);
  if (size > 0) {
    context_.loop.count_input(size);
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
  return more_to_read_ && takes_more();
}

bool Http1Connection::take(std::string_view bytes) {
  while (!bytes.empty()) {
    // What came before the first byte of a request had left can't be its answer: the 408 of an
    // origin that was about to close, say (F005).
    if (!request_ || !sink_ || written_bytes_ <= request_at_) {
      fail(ErrorType::http_protocol_error, "unsolicited bytes");
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
    fail(type, (result.over_limit ? "" : "the response head is malformed: ") +
                   http::reason_text(result, context_.limits));
    return false;
  }
  if (result.status == http::ParseStatus::incomplete) {
    if (whole) head_bytes_.assign(bytes);
    bytes = {};
    return true;
  }
  bytes.remove_prefix(whole ? result.consumed
                            : result.consumed - (head_bytes_.size() - bytes.size()));
  head_size_ = result.consumed;
  const bool good = on_head(bytes);
  head_bytes_.clear();
  if (!head_.repaired.empty()) head_.repaired = std::string();  // an idle connection holds nothing
  parser_.reset();
  return good;
}

bool Http1Connection::on_head(std::string_view& rest) {
  if (head_.status == 101) return switch_protocols(rest);
  if (head_.status < 200) return on_interim_head();
  const auto framing = http::response_framing(request_->method, head_);
  if (!framing) return broken(framing.error().reason);
  using Kind = http::BodyFraming::Kind;
  final_head_ = true;
  ++answers_;
  facts_->note_head(context_.loop.now() - requested_);
  note_announced();
  keep_ = keep_ && http::is_persistent(head_.version, head_.fields) && !head_.faulty &&
          !framing->faulty && framing->kind != Kind::until_close;
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

/// An origin that frames one like a response with a body is not asked again.
bool Http1Connection::on_interim_head() {
  interim_ = true;
  const auto bound = interim_limiter_.admit(head_size_, context_.loop.now());
  if (!bound.empty()) return broken(bound);
  keep_ = keep_ && !head_.faulty && !http::response_framing(request_->method, head_)->faulty;
  sink_->on_informational(head_);
  return true;
}

/// The connection no longer speaks HTTP: the sink that asked for the upgrade takes it (RFC 9110
/// §7.8).
bool Http1Connection::switch_protocols(std::string_view rest) {
  if (request_->upgrade.empty()) return broken("101 to a request that asked for no upgrade");
  if (!body_ended_ || !output_.empty()) return broken("101 before the request was complete");
  if (http::combined(head_.fields, http::FieldId::upgrade).empty())
    return broken("101 that does not say to what");
  closed_ = draining_ = true;
  end_reason_ = "became a tunnel";
  liveness_.stop();
  pause_timer_.cancel();
  held_.set(0);
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
  if (!bytes.empty() || chunks_.faulty()) keep_ = false;
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
  if (draining_) context_.loop.defer(flush_task_);  // told so while the request ran
  if (sink) sink->on_complete(trailers);
  if (!closed_) listener_.on_capacity(*this);
}

void Http1Connection::finish_request() {
  request_ = nullptr;
  reading_ = Reading::head;
  backlog_ = 0;
  reading_paused_ = false;
  pause_timer_.cancel();
  wants_writable_ = false;
  not_sent_lowat_.rest(transport_->fd());
  update_watch();
}

void Http1Connection::on_end(tls::IoStatus status) {
  if (request_ && reading_ == Reading::until_close && status == tls::IoStatus::closed) {
    complete({});
    return;
  }
  auto reason = transport_->failure();
  if (status != tls::IoStatus::failed) {
    const auto cause = reason.empty() ? "" : ": " + reason;
    reason = (status == tls::IoStatus::truncated ? "closed by the origin without close_notify"
                                                 : "closed by the origin") +
             cause;
  }
  fail(ErrorType::connection_terminated, reason);
}

/// Keep-Alive: timeout=N, max=M (RFC 2068 §19.7.1.1; no standard any more, but what servers say).
void Http1Connection::note_announced() {
  const auto said = http::parse_keep_alive(head_.fields);
  if (said.timeout) announced_.idle = *said.timeout;
  if (said.max) announced_.requests = requests_ + *said.max;
}

}  // namespace ccnproxy::http1
