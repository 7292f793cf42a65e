// How the bodies of requests leave an Http2Connection.

#include <algorithm>

#include "ccnproxy/http2/http2_connection.h"

namespace ccnproxy::http2 {
namespace {

constexpr auto frame_head = origin::WorkerBuffers::frame_head;
constexpr std::size_t tls_record = 16 * 1024;  // RFC 8446 §5.1
/// What a peer takes at least, and what nghttp2 has room for at first (RFC 9113 §4.2).
constexpr std::size_t usual_frame = 16 * 1024;

/// The head of a DATA frame (RFC 9113 §4.1, §6.1).
void write_head(char* into, std::int32_t stream, std::uint8_t flags, std::size_t length) {
  const auto put = [&](std::size_t byte) { *into++ = static_cast<char>(byte & 0xff); };
  for (const int shift : {16, 8, 0}) put(length >> shift);
  put(NGHTTP2_DATA);
  put(flags);
  for (const int shift : {24, 16, 8, 0}) put(static_cast<std::uint32_t>(stream) >> shift);
}

}  // namespace

/// nghttp2 has asked for more of it before, and was told to wait.
void Http2Connection::resume_upload(Http2Stream& stream) {
  if (closed_ || stream.closed_ || !stream.deferred_) return;
  stream.deferred_ = false;
  nghttp2_session_resume_data(session_.get(), stream.id_);
  context_.loop.defer(flush_task_);
}

/// Whether the socket is full. The streams are told when it is no more.
bool Http2Connection::holds_uploads() {
  if (pending_.empty()) return false;
  uploads_wait_ = true;
  return true;
}

void Http2Connection::tell_waiting_uploads() {
  for (auto& stream : streams_)
    if (stream.wants_writable_) touch(stream);
}

/// A large piece of a body goes from the client's buffer into TLS at once: only what shares a
/// record with a frame's head is copied, and what the socket refuses. Returns how much went. A
/// failure is left to flush(): a stream's call must not call back.
std::size_t Http2Connection::pass_upload(Http2Stream& stream, std::string_view bytes) {
  const bool waits = stream.deferred_ && stream.upload_.empty() && pending_.empty();
  if (closed_ || end_ || stream.closed_ || !waits || bytes.size() < tls_record) return 0;
  stream.passing_ = bytes;
  stream.has_front_ = bytes.data() == context_.buffers.client();
  memory_.expect_frame_buffer(true);
  resume_upload(stream);
  write_all();
  memory_.expect_frame_buffer(false);
  return bytes.size() - std::exchange(stream.passing_, {}).size();
}

/// The most that a DATA frame may carry. What is passed on goes in one frame if the peer takes it,
/// since each has a head to be made and parsed; else in such as fill TLS records.
std::size_t Http2Connection::longest_data(const Http2Stream* stream, std::size_t peer_takes) {
  if (!stream || stream->passing_.empty()) return usual_frame;
  const auto records = (peer_takes + frame_head) / tls_record;
  return std::min(origin::WorkerBuffers::client_bytes, records * tls_record - frame_head);
}

/// Says how much of the upload goes into the next DATA frame; write_data() then moves it from the
/// stream to the output without a copy in between. A frame with its head fits one TLS record,
/// unless it is passed on.
ssize_t Http2Connection::read_upload(nghttp2_session* session, std::int32_t, std::uint8_t*,
                                     std::size_t size, std::uint32_t* flags,
                                     nghttp2_data_source* source, void*) {
  auto& stream = *static_cast<Http2Stream*>(source->ptr);
  *flags |= NGHTTP2_DATA_FLAG_NO_COPY;
  if (!stream.passing_.empty()) return static_cast<ssize_t>(std::min(stream.passing_.size(), size));
  const auto length = std::min({stream.upload_.size(), size, tls_record - frame_head});
  if (length == 0 && !stream.body_ended_) {
    stream.deferred_ = true;
    return NGHTTP2_ERR_DEFERRED;
  }
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

/// nghttp2 goes on from one DATA frame to the next by itself, until it is told that this would
/// block.
int Http2Connection::write_data(Http2Stream& stream, std::uint8_t flags, std::size_t length) {
  if (!pulling_->passed.empty()) return NGHTTP2_ERR_WOULDBLOCK;
  const bool passes = !stream.passing_.empty();
  if (passes && stream.has_front_ && pulling_->used == 0) {
    put_in_front(stream, flags, length);
  } else if (!copy_frame(stream, flags, length)) {
    return NGHTTP2_ERR_WOULDBLOCK;
  }
  queued_bytes_ += frame_head + length;
  flood_.expect(FrameRateLimiter::a_data_frame *
                static_cast<std::int32_t>(1 + length / usual_frame));
  if (passes) {
    stream.passing_.remove_prefix(length);
    return 0;
  }
  stream.upload_.consume(length);
  stream.held_.set(stream.upload_.size());
  if (stream.wants_writable_ && stream.upload_.size() <= Http2Stream::upload_enough / 2)
    touch(stream);
  return 0;
}

/// In front of a piece is room for a frame's head, or the end of the frame before, which has gone.
void Http2Connection::put_in_front(const Http2Stream& stream, std::uint8_t flags,
                                   std::size_t length) {
  auto* buffer = context_.buffers.client();
  auto* front = buffer + (stream.passing_.data() - buffer) - frame_head;
  write_head(front, stream.id_, flags, length);
  pulling_->passed = {front, frame_head + length};
}

/// Of what is passed on as much as shares a TLS record with the head. False: there is no room.
bool Http2Connection::copy_frame(const Http2Stream& stream, std::uint8_t flags,
                                 std::size_t length) {
  const bool passes = !stream.passing_.empty();
  const auto copied = passes ? std::min(length, room_in_record()) : length;
  if (pulling_->used + frame_head + copied > pulling_->size) return false;
  auto* into = pulling_->into + pulling_->used;
  write_head(into, stream.id_, flags, length);
  const auto body = passes ? stream.passing_ : stream.upload_.view();
  body.copy(into + frame_head, copied);  // may be nothing, of no memory
  pulling_->used += frame_head + copied;
  if (passes) pulling_->passed = body.substr(copied, length - copied);
  return true;
}

/// What fills, after a frame's head, the TLS record that the output ends in.
std::size_t Http2Connection::room_in_record() const {
  return tls_record - (pulling_->used + frame_head) % tls_record;
}

}  // namespace ccnproxy::http2
