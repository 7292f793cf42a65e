// What an Http2Connection reads and writes: bytes between its transport and nghttp2.

#include <cstring>

#include "ccnproxy/http2/http2_connection.h"

namespace ccnproxy::http2 {
namespace {

constexpr std::size_t tls_record = 16 * 1024;
/// nghttp2 sends header blocks and DATA in frames of mostly no more, each with a head of 9 bytes.
constexpr std::size_t usual_frame = tls_record + 9;
/// Full memory has room again when a client has taken something, or when stalled clients are found,
/// which takes a quarter of a second.
constexpr Duration pause = std::chrono::milliseconds(10);

}  // namespace

void Http2Connection::on_io(std::uint32_t events) {
  if (closed_) return;
  if (events & EPOLLOUT) watch_writing(false);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
    read_all(events & (EPOLLHUP | EPOLLERR));
    if (closed_) return;
  }
  context_.loop.defer(flush_task_);
}

/// `to_the_end`: nothing more will come, and a pause would only be told so again and again.
void Http2Connection::read_all(bool to_the_end) {
  while ((to_the_end || may_read()) && read_batch()) {
  }
  if (!closed_) account();
}

/// Not while memory is full of what clients have not taken. This stops the requests of others, too,
/// for moments; what was held without it would have no bound.
bool Http2Connection::may_read() {
  if (closed_ || !context_.buffers.held.origins_must_wait()) return true;
  reading_paused_ = true;
  pause_timer_ = std::make_unique<Timer>(context_.loop.timers(),
                                         Delegate<void()>::to<&Http2Connection::read_again>(this));
  pause_timer_->set_after(pause);
  update_watch();
  return false;
}

/// That nothing was heard meanwhile was our doing.
void Http2Connection::read_again() {
  if (context_.buffers.held.origins_must_wait()) return pause_timer_->set_after(pause);
  reading_paused_ = false;
  pause_timer_.reset();
  update_watch();
  liveness_.on_read();
  if (streams() > 0) liveness_.on_request();
  read_all(false);  // what is in our buffers already, no descriptor will tell of
  if (!closed_) context_.loop.defer(flush_task_);
}

/// What is held over this turn, but for uploads, which streams hold.
void Http2Connection::account() { held_.set(pending_.size() + block_bytes_); }

/// Reads what fits the worker's buffer, lets nghttp2 take it apart, and tells the sinks before the
/// buffer is used again. Returns whether more can be had at once.
bool Http2Connection::read_batch() {
  const auto size = fill_read_buffer();
  if (size > 0) {
    context_.loop.count_input(size);
    received_bytes_ += size;
    liveness_.on_read();
    if (!take({context_.buffers.read.get(), size})) return false;
    deliver();
  }
  return !tell_end() && more_to_read_;
}

/// Whether the end has been seen. Fails the streams that it ends.
bool Http2Connection::tell_end() {
  if (end_) fail(end_->first, end_->second);
  return end_ != nullptr;
}

/// False: the connection has failed.
bool Http2Connection::take(std::string_view bytes) {
  if (!flood_.admit(bytes, context_.loop.now())) {
    end_with(NGHTTP2_ENHANCE_YOUR_CALM, "the origin floods the connection");
    return false;
  }
  const auto taken = nghttp2_session_mem_recv(
      session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken >= 0) return true;
  const auto code = taken == NGHTTP2_ERR_FLOODED || taken == NGHTTP2_ERR_TOO_MANY_CONTINUATIONS
                        ? NGHTTP2_ENHANCE_YOUR_CALM
                        : NGHTTP2_PROTOCOL_ERROR;
  end_with(code,
           std::string("the origin broke HTTP/2: ") + nghttp2_strerror(static_cast<int>(taken)));
  return false;
}

std::size_t Http2Connection::fill_read_buffer() {
  std::size_t size = 0;
  do {
    const auto r = transport_->read(context_.buffers.read.get() + size,
                                    origin::WorkerBuffers::read_bytes - size);
    if (r.status != tls::IoStatus::ok) {
      more_to_read_ = false;
      if (r.status != tls::IoStatus::would_block) note_end(r.status);
      break;
    }
    size += r.bytes;
    more_to_read_ = transport_->has_more();
  } while (more_to_read_ && size + tls_record <= origin::WorkerBuffers::read_bytes);
  return size;
}

void Http2Connection::note_end(tls::IoStatus status) {
  const bool failed = status == tls::IoStatus::failed;
  end_ =
      std::make_unique<End>(ErrorType::connection_terminated,
                            failed ? transport_->failure() : std::string("closed by the origin"));
}

void Http2Connection::flush() {
  if (closed_) return;
  write_pending();
  write_all();
  if (tell_end()) return;
  if (window_overflow_)
    return end_with(
        NGHTTP2_FLOW_CONTROL_ERROR,
        "the origin broke HTTP/2: SETTINGS_INITIAL_WINDOW_SIZE lifted a stream's window "
        "above 2^31-1 (FLOW_CONTROL_ERROR)");
  if (pending_.empty()) window_lifted_ = false;
  account();
  if (pending_.empty()) {
    if (std::exchange(ping_to_write_, false)) liveness_.on_ping_written();
    if (std::exchange(uploads_wait_, false)) tell_waiting_uploads();
  }
  deliver();
  close_when_done();
  if (!closed_ && pending_.empty() && nghttp2_session_want_read(session_.get()) == 0 &&
      nghttp2_session_want_write(session_.get()) == 0)
    fail(ErrorType::http_protocol_error,  // nghttp2 has said GOAWAY
         "the origin broke HTTP/2" + (own_goaway_.empty() ? "" : " (" + own_goaway_ + ")"));
}

/// Everything that nghttp2 has to send, or as much as the socket takes. Reports no failure.
void Http2Connection::write_all() {
  while (!end_ && pending_.empty()) {
    const auto pulled = pull(context_.buffers.write.get(), origin::WorkerBuffers::write_bytes);
    if (pulled.used + pulled.passed.size() + pulled.last.size() == 0) return;
    ++flight_writes_;
    write_pulled({pulled.into, pulled.used});
    write_pulled(pulled.passed);
    write_pulled(pulled.last);
  }
}

/// Moves what nghttp2 wants to send into `into`, as long as a usual frame fits. Ends with one that
/// goes from where it is.
Http2Connection::Pulled Http2Connection::pull(char* into, std::size_t size) {
  Pulled pulled{into, size};
  pulling_ = &pulled;
  pull_into(pulled);
  pulling_ = nullptr;
  return pulled;
}

void Http2Connection::pull_into(Pulled& pulled) {
  if (std::exchange(preface_to_write_, false)) {
    std::memcpy(pulled.into, NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN);
    pulled.used = NGHTTP2_CLIENT_MAGIC_LEN;
    queued_bytes_ += pulled.used;
  }
  while (pulled.used + usual_frame <= pulled.size && pulled.passed.empty()) {
    const std::uint8_t* bytes = nullptr;
    const auto before = pulled.used;
    const auto n = nghttp2_session_mem_send(session_.get(), &bytes);
    if (n < 0) {
      end_ = std::make_unique<End>(ErrorType::proxy_internal_error,
                                   nghttp2_strerror(static_cast<int>(n)));
      return;
    }
    if (n == 0) {
      if (pulled.used == before) return;
      continue;  // DATA frames went straight into the buffer
    }
    const auto length = static_cast<std::size_t>(n);
    queued_bytes_ += length;
    if (!pulled.passed.empty() || length > pulled.size - pulled.used) {
      pulled.last = {reinterpret_cast<const char*>(bytes), length};  // good until the next call
      return;
    }
    std::memcpy(pulled.into + pulled.used, bytes, length);
    pulled.used += length;
  }
}

void Http2Connection::write_pulled(std::string_view bytes) {
  while (!bytes.empty() && !end_) {
    const auto r =
        pending_.empty() ? transport_->write(bytes) : tls::IoResult{tls::IoStatus::would_block};
    if (r.status == tls::IoStatus::would_block) {
      pending_.append(bytes);
      return wait_for_room();
    }
    if (r.status != tls::IoStatus::ok) return note_end(r.status);
    written_bytes_ += r.bytes;
    bytes.remove_prefix(r.bytes);
  }
}

void Http2Connection::write_pending() {
  while (!pending_.empty() && !end_) {
    const auto r = transport_->write(pending_.view());
    if (r.status == tls::IoStatus::would_block) return wait_for_room();
    if (r.status != tls::IoStatus::ok) return note_end(r.status);
    written_bytes_ += r.bytes;
    pending_.consume(r.bytes);
  }
}

void Http2Connection::wait_for_room() {
  not_sent_lowat_.on_full(transport_->fd(), written_bytes_, context_.buffers.held.under_pressure());
  watch_writing(true);
}

void Http2Connection::watch_writing(bool wanted) {
  watching_write_ = wanted;
  update_watch();
}

void Http2Connection::update_watch() {
  const std::uint32_t wanted = (reading_paused_ ? 0u : EPOLLIN) | (watching_write_ ? EPOLLOUT : 0u);
  if (wanted == watched_) return;
  watched_ = wanted;
  context_.loop.rewatch(transport_->fd(), wanted, *this);
}

/// What the peer did ends the connection (RFC 9113 §5.4.1); it is told why, if that needs no
/// waiting.
void Http2Connection::end_with(std::uint32_t code, const std::string& reason) {
  nghttp2_session_terminate_session2(session_.get(), 0, code);  // no stream of its own (F036)
  say_last_words();
  fail(ErrorType::http_protocol_error, reason);
}

void Http2Connection::say_last_words() {
  if (!pending_.empty()) return;  // the socket is full, perhaps in the middle of a TLS record
  const auto pulled = pull(context_.buffers.write.get(), origin::WorkerBuffers::write_bytes);
  if (pulled.used > 0) transport_->write({pulled.into, pulled.used});
}

}  // namespace ccnproxy::http2
