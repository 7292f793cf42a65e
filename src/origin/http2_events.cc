// What nghttp2's callbacks do to an Http2Connection. They run inside mem_recv and mem_send: state
// changes only; sinks hear of heads and bodies at once, because those are borrowed, of all else in
// deliver().

#include <cstring>

#include "ccnproxy/origin/http2_connection.h"

namespace ccnproxy::origin {
namespace {

constexpr std::size_t frame_head = 9;          // RFC 9113 §4.1
constexpr std::size_t tls_record = 16 * 1024;  // RFC 8446 §5.1

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

int Http2Connection::on_header(Http2Stream& stream, nghttp2_rcbuf* name, nghttp2_rcbuf* value) {
  stream.block_.add(name, value);
  block_bytes_ = stream.block_.size();
  if (stream.block_.size() <= context_.limits.head_bytes &&
      stream.block_.count() <= context_.limits.fields)
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
    const auto& head = stream.block_.head();
    if (head.status < 100) {  // nghttp2 takes any three digits
      on_broken(stream, ErrorType::http_protocol_error, "the response has no valid status");
    } else if (is_informational(head.status)) {
      if (++stream.interim_ <= most_interim_responses) {
        stream.sink_->on_informational(head);
      } else {
        on_broken(stream, ErrorType::http_protocol_error, "interim responses without end");
      }
    } else {
      stream.final_head_ = answered_ = true;
      stream.sink_->on_response(head, framing_of(head, end_stream));
    }
    stream.block_.clear();
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
  settings_timer_.cancel();
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

/// Says how much of the upload goes into the next DATA frame; write_data() then moves it from the
/// stream to the output without a copy in between. A frame with its head fits one TLS record.
ssize_t Http2Connection::read_upload(nghttp2_session* session, std::int32_t, std::uint8_t*,
                                     std::size_t size, std::uint32_t* flags,
                                     nghttp2_data_source* source, void*) {
  auto& stream = *static_cast<Http2Stream*>(source->ptr);
  const auto length = std::min({stream.upload_.size(), size, tls_record - frame_head});
  if (length == 0 && !stream.body_ended_) {
    stream.deferred_ = true;
    return NGHTTP2_ERR_DEFERRED;
  }
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (stream.body_ended_ && length == stream.upload_.size()) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!stream.upload_trailers_.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      submit_trailers(session, stream);
    }
  }
  return static_cast<ssize_t>(length);
}

void Http2Connection::submit_trailers(nghttp2_session* session, Http2Stream& stream) {
  std::vector<nghttp2_nv> block;
  const auto bytes = [](std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); };
  for (auto& [name, value] : stream.upload_trailers_)
    block.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  nghttp2_submit_trailer(session, stream.id_, block.data(), block.size());
}

int Http2Connection::write_data(Http2Stream& stream, const std::uint8_t* head, std::size_t length) {
  if (pulling_.used + frame_head + length > pulling_.size) return NGHTTP2_ERR_WOULDBLOCK;
  auto* into = pulling_.into + pulling_.used;
  std::memcpy(into, head, frame_head);
  stream.upload_.view().copy(into + frame_head, length);  // may be nothing, of no memory
  stream.upload_.consume(length);
  stream.held_.set(stream.upload_.size());
  pulling_.used += frame_head + length;
  flood_.expect(FloodGuard::a_data_frame);
  queued_bytes_ += frame_head + length;
  if (stream.wants_writable_ && stream.upload_.size() <= Http2Stream::upload_limit / 2)
    touch(stream);
  return 0;
}

}  // namespace ccnproxy::origin
