// What nghttp2's callbacks do to an Http2Connection. They run inside mem_recv and mem_send: state
// changes only; sinks hear of heads and bodies at once, because those are borrowed, of all else in
// deliver().

#include "ccnproxy/origin/http2_connection.h"

namespace ccnproxy::origin {
namespace {

/// What a stream's reset says of it. REFUSED_STREAM is given for RST_STREAM by the peer, for an id
/// above GOAWAY's last one, and for HEADERS that never left (RFC 9113 §8.7): all prove that nothing
/// was done.
std::string reset_reason(std::uint32_t code) {
  return std::string("the origin reset the stream (") + nghttp2_http2_strerror(code) + ")";
}

http::BodyFraming framing_of(const http::ResponseHead& head, bool end_stream) {
  http::BodyFraming framing;
  if (const auto* length = http::find(head.fields, http::FieldId::content_length))
    framing.declared = http::parse_content_length(length->value, framing.declared_length);
  if (end_stream) return framing;
  framing.kind =
      framing.declared ? http::BodyFraming::Kind::length : http::BodyFraming::Kind::until_close;
  framing.length = framing.declared_length;
  return framing;
}

bool is_informational(std::uint16_t status) { return status >= 100 && status < 200; }

}  // namespace

Http2HeaderBlock& Http2Connection::block_of(Http2Stream& stream) {
  if (!stream.block_) stream.block_ = context_.buffers.header_blocks.take();
  return *stream.block_;
}

int Http2Connection::on_header(Http2Stream& stream, nghttp2_rcbuf* name, nghttp2_rcbuf* value) {
  auto& block = block_of(stream);
  block.add(name, value);
  block_bytes_ = block.size();
  if (block.size() <= context_.limits.head_bytes && block.count() <= context_.limits.fields)
    return 0;
  on_broken(stream, ErrorType::http_response_header_section_size,
            "the response's header section is over the limit");
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // this stream's failure, not the connection's
                                                 // (F068)
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
  if (stream.sink_ && !stream.final_head_ && !stream.failure_) {
    const auto& head = block_of(stream).head();
    if (head.status < 100) {  // nghttp2 takes any three digits
      on_broken(stream, ErrorType::http_protocol_error, "the response has no valid status");
    } else if (is_informational(head.status)) {
      stream.interim_ = true;
      const auto bound =
          stream.interim_limiter_.admit(block_of(stream).size(), context_.loop.now());
      if (bound.empty()) {
        stream.sink_->on_informational(head);
      } else {
        on_broken(stream, ErrorType::http_protocol_error, std::string(bound));
      }
    } else {
      stream.final_head_ = answered_ = true;
      stream.sink_->on_response(head, framing_of(head, end_stream));
    }
    context_.buffers.header_blocks.give(std::move(stream.block_));
    touch(stream);
  }
  if (end_stream) on_end_stream(stream);  // a block that is left is the trailer section
}

void Http2Connection::on_data(Http2Stream* stream, std::string_view bytes) {
  nghttp2_session_consume_connection(session_.get(), bytes.size());
  if (!stream || !stream->sink_ || stream->failure_) return;  // nobody waits for it
  stream->received_ += bytes.size();
  stream->sink_->on_body(bytes);
  touch(*stream);
}

void Http2Connection::on_end_stream(Http2Stream& stream) {
  stream.done_ = stream.final_head_;
  touch(stream);
}

void Http2Connection::on_headers_going_out(Http2Stream& stream) {
  if (!stream.first_byte_at_) stream.first_byte_at_ = queued_bytes_;
}

void Http2Connection::on_stream_close(Http2Stream& stream, std::uint32_t code) {
  stream.closed_ = true;
  block_bytes_ = 0;
  if (!stream.done_ && !stream.failure_) {
    const auto type =
        stream.final_head_ ? ErrorType::http_response_incomplete : ErrorType::connection_terminated;
    on_broken(stream, type, reset_reason(code));
    if (code == NGHTTP2_REFUSED_STREAM && !stream.final_head_)
      stream.failure_->proof = Proof::refused;
  }
  touch(stream);
}

void Http2Connection::on_settings(bool ack) {
  if (ack) return;
  settings_received_ = capacity_changed_ = true;
  const auto streams =
      nghttp2_session_get_remote_settings(session_.get(), NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  facts_->stream_limit = std::max<std::uint32_t>(1, streams);
  timer_.cancel();
  rest_soon();
}

void Http2Connection::on_goaway(std::uint32_t code, std::string_view debug) {
  if (code == NGHTTP2_ENHANCE_YOUR_CALM && debug.find("too_many_pings") != debug.npos)
    facts_->slow_down_pings();
  if (!draining_) {
    draining_ = true;
    end_reason_ = std::string("GOAWAY (") + nghttp2_http2_strerror(code) + ")";
  }
  capacity_changed_ = true;
}

}  // namespace ccnproxy::origin
