// What nghttp2's callbacks do to an Http2Connection. They run inside mem_recv and mem_send: state
// changes only; sinks hear of heads and bodies at once, because those are borrowed, of all else in
// deliver().

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/http2/http2_connection.h"

#include "peer_text.h"

namespace ccnproxy::http2 {
namespace {

/// Longest part of a GOAWAY's debug data that is told.
constexpr std::size_t longest_debug_text = 256;
constexpr std::size_t longest_name = 64;

bool is_informational(std::uint16_t status) { return status >= 100 && status < 200; }

std::string_view view(nghttp2_rcbuf* buffer) {
  const auto v = nghttp2_rcbuf_get_buf(buffer);
  return {reinterpret_cast<const char*>(v.base), v.len};
}

}  // namespace

Http2HeaderBlock& Http2Connection::block_of(Http2Stream& stream) {
  if (!stream.block_) stream.block_ = shared_.header_blocks.take();
  return *stream.block_;
}

int Http2Connection::on_header(Http2Stream& stream, nghttp2_rcbuf* name, nghttp2_rcbuf* value) {
  if (stream.done_ || stream.failure_) return 0;
  const auto text = view(name);
  const auto id = http::field_id(text);
  if (const auto objection = stream.rules_.on_field(text, view(value), id); !objection.empty()) {
    on_objection(stream, "the response's field \"" + printable(text, longest_name) + "\" " +
                             std::string(objection));
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  auto& block = block_of(stream);
  block.add(name, value, id);
  block_bytes_ = block.size();
  if (block.size() <= context_.limits.head_bytes && block.count() <= context_.limits.fields)
    return 0;
  on_broken(stream, ErrorType::http_response_header_section_size,
            block.size() > context_.limits.head_bytes
                ? "the response's header section has " + std::to_string(block.size()) +
                      " bytes so far: limits.head_bytes is " + size_text(context_.limits.head_bytes)
                : "the response has more fields than limits.headers, which is " +
                      std::to_string(context_.limits.fields));
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // this stream's failure, not the connection's
                                                 // (F068)
}

/// The response is no HTTP (RFC 9113 §8.1.1): its stream ends with PROTOCOL_ERROR.
void Http2Connection::on_objection(Http2Stream& stream, const std::string& reason) {
  on_broken(
      stream,
      stream.final_head_ ? ErrorType::http_response_incomplete : ErrorType::http_protocol_error,
      reason);
  reset(stream, NGHTTP2_PROTOCOL_ERROR);
}

/// The peer said something that makes this response unusable, and only this one.
void Http2Connection::on_broken(Http2Stream& stream, ErrorType type, const std::string& reason) {
  if (stream.done_ || stream.failure_) return;
  stream.failure_ = failure_of(stream, type, reason);
  stream.failure_->type = type;
  if (stream.failure_->proof == Proof::no_byte_on_reused) stream.failure_->proof = Proof::unknown;
  touch(stream);
}

void Http2Connection::on_head_end(Http2Stream& stream, bool end_stream) {
  block_bytes_ = 0;
  if (!stream.sink_ || stream.done_ || stream.failure_) return;
  const auto* head = stream.final_head_ ? nullptr : &block_of(stream).head();
  const auto objection = stream.rules_.on_section_end(head ? head->status : 0, end_stream);
  if (!objection.empty()) return on_objection(stream, "the response " + std::string(objection));
  if (head) {
    tell_head(stream, *head, end_stream);
    shared_.header_blocks.give(std::move(stream.block_));
    touch(stream);
  }
  if (end_stream) on_end_stream(stream);  // a block that is left is the trailer section
}

void Http2Connection::tell_head(Http2Stream& stream, const http::ResponseHead& head,
                                bool end_stream) {
  if (!is_informational(head.status)) {
    stream.final_head_ = true;
    ++answers_;
    stream.sink_->on_response(head, stream.rules_.framing(end_stream));
    stream.done_ = stream.rules_.has_no_body();
    return;
  }
  stream.interim_ = true;
  const auto bound = stream.interim_limiter_.admit(block_of(stream).size(), context_.loop.now());
  if (bound.empty()) return stream.sink_->on_informational(head);
  on_broken(stream, ErrorType::http_protocol_error, std::string(bound));
}

/// What comes for a response that can't have a body was never asked for: the stream is reset, the
/// response stands (F140).
void Http2Connection::on_data(Http2Stream* stream, std::string_view bytes) {
  nghttp2_session_consume_connection(session_.get(), bytes.size());
  if (!stream || stream->failure_) return;
  if (stream->done_) return reset(*stream, NGHTTP2_PROTOCOL_ERROR);
  if (!stream->sink_) return;  // cancelled
  const auto objection = stream->rules_.on_data(bytes.size());
  if (!objection.empty()) return on_objection(*stream, "the response " + std::string(objection));
  stream->received_ += bytes.size();
  stream->sink_->on_body(bytes);
  touch(*stream);
}

void Http2Connection::on_end_stream(Http2Stream& stream) {
  touch(stream);
  if (stream.done_ || stream.failure_ || !stream.sink_) return;
  const auto objection = stream.rules_.on_end();
  if (!objection.empty()) return on_objection(stream, "the response " + std::string(objection));
  stream.done_ = true;
}

void Http2Connection::on_headers_going_out(Http2Stream& stream) {
  if (!stream.first_byte_at_) stream.first_byte_at_ = queued_bytes_;
}

/// A reset of ours for an overflow of the peer's making that SETTINGS brought about is no matter of
/// one stream (RFC 9113 §6.9.2): the connection ends when the output has been made (F151).
int Http2Connection::on_reset_going_out(const Http2Stream& stream, std::uint32_t code) {
  if (code != NGHTTP2_FLOW_CONTROL_ERROR || !window_lifted_ || stream.failure_) return 0;
  window_overflow_ = true;
  return NGHTTP2_ERR_CANCEL;
}

/// nghttp2 ends the connection by itself where its peer breaks the protocol.
void Http2Connection::on_goaway_going_out(std::uint32_t code, std::string_view reason) {
  if (code == NGHTTP2_NO_ERROR) return;
  own_goaway_ = http2_error_name(code);
  if (!reason.empty()) own_goaway_ += ": " + printable(reason, longest_debug_text);
}

void Http2Connection::on_stream_close(Http2Stream& stream, std::uint32_t code) {
  stream.closed_ = true;
  block_bytes_ = 0;
  if (!stream.done_ && !stream.failure_) {
    const auto type =
        stream.final_head_ ? ErrorType::http_response_incomplete : ErrorType::connection_terminated;
    const auto proof = proof_of_reset(stream, code);
    on_broken(stream, type, reset_reason(stream, code));
    if (!stream.final_head_ && proof != Proof::unknown) stream.failure_->proof = proof;
  }
  touch(stream);
}

/// nghttp2 gives REFUSED_STREAM for RST_STREAM by the peer, for an id above GOAWAY's last one, and
/// for HEADERS that never left (RFC 9113 §8.7): all prove that nothing was done.
Proof Http2Connection::proof_of_reset(const Http2Stream& stream, std::uint32_t code) {
  if (code == NGHTTP2_REFUSED_STREAM && !stream.reset_by_peer_ && http1_required_)
    return info_.http1_offered ? Proof::refused : Proof::unknown;
  if (code == NGHTTP2_REFUSED_STREAM) return Proof::refused;
  if (code != NGHTTP2_HTTP_1_1_REQUIRED || !stream.reset_by_peer_) return Proof::unknown;
  return note_http1_required() ? Proof::refused : Proof::unknown;
}

/// Tells from which frame the end came.
std::string Http2Connection::reset_reason(const Http2Stream& stream, std::uint32_t code) const {
  const auto* wish = !http1_required_ ? ""
                     : info_.http1_offered
                         ? "; it wants HTTP/1.1 instead"
                         : "; it wants HTTP/1.1 instead, which tls.alpn leaves out";
  if (stream.reset_by_peer_) {
    const bool told = code == NGHTTP2_HTTP_1_1_REQUIRED;
    return "the origin reset the stream (RST_STREAM, " + http2_error_name(code) + ")" +
           (told ? wish : "");
  }
  if (code == NGHTTP2_REFUSED_STREAM && !goaway_.empty())
    return "the origin ended the connection before it took the request: " + goaway_ + wish;
  if (code == NGHTTP2_REFUSED_STREAM) return "the connection takes no more requests";
  return "the origin broke HTTP/2 on the stream (" + http2_error_name(code) + ")";
}

/// Whether the request can go elsewhere by HTTP/1.1. No stream is opened here any more then.
bool Http2Connection::note_http1_required() {
  const bool first = !std::exchange(http1_required_, true);
  if (!info_.http1_offered) return false;
  if (first) http1_to_tell_ = capacity_changed_ = true;
  if (!draining_) end_reason_ = "HTTP_1_1_REQUIRED";
  draining_ = true;
  return true;
}

void Http2Connection::on_settings(bool ack) {
  if (ack) return;
  settings_received_ = capacity_changed_ = true;
  const auto streams =
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  facts_->stream_limit = std::max<std::uint32_t>(1, streams);
  const auto window =
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE);
  if (std::exchange(peer_window_, window) < window) window_lifted_ = true;
  timer_.cancel();
  rest_soon();
}

/// The first of several may only warn (NO_ERROR, RFC 9113 §6.8); a later one says why.
void Http2Connection::on_goaway(std::uint32_t code, std::string_view debug) {
  if (code == NGHTTP2_ENHANCE_YOUR_CALM && debug.find("too_many_pings") != debug.npos)
    facts_->slow_down_pings();
  reproached_ = reproached_ || code == NGHTTP2_ENHANCE_YOUR_CALM;
  auto text = "GOAWAY (" + http2_error_name(code);
  if (!debug.empty()) text += ", \"" + printable(debug, longest_debug_text) + "\"";
  text += ')';
  if (goaway_.empty() || code != NGHTTP2_NO_ERROR || !debug.empty()) goaway_ = std::move(text);
  if (!draining_) {
    draining_ = true;
    end_reason_ = std::string("GOAWAY (") + nghttp2_http2_strerror(code) + ")";
  }
  if (code == NGHTTP2_HTTP_1_1_REQUIRED) note_http1_required();
  capacity_changed_ = true;
}

}  // namespace ccnproxy::http2
