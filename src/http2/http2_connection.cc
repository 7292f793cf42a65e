#include "ccnproxy/http2/http2_connection.h"

#include <algorithm>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/net/socket_options.h"

namespace ccnproxy::http2 {
namespace {

/// More requests than this on one connection share too much fate; peers allow 100 to 250.
constexpr std::uint32_t most_streams = 250;
/// The connection's window only has to be out of the way: streams are bounded by their own.
constexpr std::int32_t connection_window = 1 << 30;
/// Stream ids end at 2^31; a connection is replaced long before (F027).
constexpr std::int32_t last_stream_id = 1 << 30;

/// A connection that has stood so long is one that the origin may end at any time, whether or not
/// it has carried a request.
constexpr Duration aged_after = std::chrono::milliseconds(300);

/// Unused for so long, it gives back what memory it can.
constexpr Duration rest_after = std::chrono::seconds(1);

/// So many streams may wait for nothing but END_STREAM. Each takes one of the peer's places.
constexpr std::size_t most_lingering = 16;

/// See flush_requests().
constexpr Duration long_path = std::chrono::milliseconds(10);
constexpr Duration longest_gathering = std::chrono::milliseconds(2);
constexpr std::uint32_t writes_at_once = 4;

/// Of a field that may be put into HPACK's table, and of one that must not.
constexpr std::uint8_t may_be_kept = NGHTTP2_NV_FLAG_NONE;
constexpr std::uint8_t not_kept = NGHTTP2_NV_FLAG_NO_INDEX;

/// What differs with each request would push what comes again out of the table.
constexpr bool may_recur(http::FieldId id) { return id != http::FieldId::request_id; }

/// The table that HPACK begins with has these, and no other method.
bool is_in_static_table(std::string_view method) { return method == "GET" || method == "POST"; }

}  // namespace

Http2Connection::Http2Connection(const origin::ConnectionContext& context, WorkerMemory& shared,
                                 std::unique_ptr<tls::Transport> transport,
                                 origin::ConnectionInfo info, origin::ConnectionListener& listener,
                                 std::shared_ptr<origin::PeerState> facts)
    : context_(context),
      shared_(shared),
      transport_(std::move(transport)),
      info_(std::move(info)),
      listener_(listener),
      memory_(shared.small_blocks, shared.rings, shared.frames.get()),
      session_(make_http2_session(*this, memory_)),
      flush_task_(Delegate<void()>::to<&Http2Connection::flush>(this)),
      timer_(context.loop.timers(), Delegate<void()>::to<&Http2Connection::on_timer>(this)),
      held_(context.buffers.held, MemoryBudget::For::origins),
      not_sent_lowat_(context.buffers.unsent_room),
      first_window_(WindowPolicy::start),
      facts_(std::move(facts)),
      use_(*facts_, info_.address),
      liveness_(context.loop, info_.rtt, *this),
      opened_(context.loop.now()),
      flood_(opened_) {
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_HEADER_TABLE_SIZE, header_table_bytes},
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, WindowPolicy::start},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
       static_cast<std::uint32_t>(context_.limits.head_bytes)},
  };
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, connection_window);
  timer_.set_after(context_.settings_timeout);
  context_.loop.watch(transport_->fd(), EPOLLIN, *this);
  context_.loop.defer(flush_task_);
}

Http2Connection::~Http2Connection() {
  context_.loop.cancel(flush_task_);
  touched_.clear();
  streams_.clear_and_dispose(std::default_delete<Http2Stream>());
}

std::size_t Http2Connection::capacity() const {
  if (draining_ || closed_ || liveness_.is_suspicious()) return 0;
  auto limit = std::min(facts_->stream_limit, origin::streams_before_settings);
  if (settings_received_)
    limit = nghttp2_session_get_remote_settings(session_.get(),
                                                NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
  limit = std::min(limit, most_streams);
  return limit > streams_.size() ? limit - streams_.size() : 0;
}

origin::OriginStream& Http2Connection::open(const http::OutgoingRequest& request,
                                            origin::ResponseSink& sink) {
  fit_windows();
  fills_table_ = table_use_.on_request(context_.loop.now(), streams_.size());
  auto* stream = new Http2Stream(*this, request, sink, shared_.windows, context_.buffers.held);
  stream->on_aged_ = context_.loop.now() - opened_ > aged_after;
  streams_.push_back(*stream);
  ++requests_;
  flood_.expect(FrameRateLimiter::a_request);
  liveness_.on_request();
  submit(*stream);
  flush_requests();
  return *stream;
}

/// An idle connection's window lets ten packets out, however small they are. On a long path the
/// requests of a burst that come one after the other are therefore put together once a few have
/// gone, for a small part of a round trip; else the eleventh would wait for a whole one.
void Http2Connection::flush_requests() {
  const auto now = context_.loop.now();
  if (now - flight_began_ >= info_.rtt) {
    flight_began_ = now;
    flight_writes_ = 0;
  }
  if (info_.rtt < long_path || flight_writes_ < writes_at_once)
    return context_.loop.defer(flush_task_);
  context_.loop.delay(flush_task_, std::min(info_.rtt / 64, longest_gathering));
}

void Http2Connection::drain(std::string_view reason) {
  if (!draining_) end_reason_ = reason;
  draining_ = true;
  context_.loop.defer(flush_task_);
}

void Http2Connection::submit(Http2Stream& stream) {
  const auto& request = *stream.request_;
  thread_local std::vector<nghttp2_nv> block;  // nghttp2 copies it
  block.clear();
  const auto add = [&](std::string_view name, std::string_view value,
                       std::uint8_t flags = may_be_kept) {
    const auto bytes = [](std::string_view v) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(v.data()));
    };
    block.push_back({bytes(name), bytes(value), name.size(), value.size(), flags});
  };
  const auto kept = fills_table_ ? may_be_kept : not_kept;
  add(":method", request.method, is_in_static_table(request.method) ? may_be_kept : kept);
  add(":scheme", request.scheme);
  add(":authority", request.authority, kept);
  add(":path", request.path);
  for (const auto& field : request.fields)  // nghttp2 lowers the names
    add(field.name, field.value, may_recur(field.id) ? kept : not_kept);
  if (request.accepts_trailers) add("te", "trailers", kept);
  const auto length =
      request.body.declared ? std::to_string(request.body.declared_length) : std::string();
  if (request.body.declared) add("content-length", length);

  nghttp2_data_provider upload{{.ptr = &stream}, &Http2Connection::read_upload};
  stream.id_ = nghttp2_submit_request(session_.get(), nullptr, block.data(), block.size(),
                                      request.has_body() ? &upload : nullptr, &stream);
  if (stream.id_ < 0) {  // out of memory or ids: nothing was sent
    stream.failure_ =
        failure_of(stream, ErrorType::proxy_internal_error, nghttp2_strerror(stream.id_));
    stream.closed_ = true;
    touch(stream);
  } else if (stream.id_ >= last_stream_id) {
    drain("stream ids used up");
  }
}

void Http2Connection::return_credit(Http2Stream& stream, std::size_t n) {
  if (closed_ || stream.closed_) return;
  fit_windows();
  if (has_full_windows() && stream.window_.on_taken(n, stream.received_ - stream.consumed_))
    nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, stream.id_,
                                          stream.window_.window());
  nghttp2_session_consume_stream(session_.get(), stream.id_, n);
  if (nghttp2_session_want_write(session_.get())) context_.loop.defer(flush_task_);
}

/// Where memory is under pressure, what an origin may send ahead of its client is small: RFC 9113
/// §6.9.2 lets a change of SETTINGS take back what open streams were granted, too. Windows grow
/// only while all are as large as WindowPolicy thinks they are.
void Http2Connection::fit_windows() {
  const auto& memory = context_.buffers.held;
  const auto wanted = memory.under_pressure() ? WindowPolicy::under_pressure
                      : memory.relaxed()      ? WindowPolicy::start
                                              : first_window_;
  if (wanted == first_window_) return;
  if (wanted == WindowPolicy::start) {
    const auto waiting = std::count_if(streams_.begin(), streams_.end(), [](const auto& stream) {
      return stream.waits_for_client();
    });
    if (!may_restore_windows(static_cast<std::size_t>(waiting), context_.loop.now(),
                             shared_.windows))
      return;
  }
  first_window_ = wanted;
  const nghttp2_settings_entry setting{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE,
                                       static_cast<std::uint32_t>(wanted)};
  nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, &setting, 1);
  flood_.expect(FrameRateLimiter::a_request);
  context_.loop.defer(flush_task_);
}

bool Http2Connection::has_full_windows() const {
  return first_window_ == WindowPolicy::start &&
         nghttp2_session_get_local_settings(session_.get(), NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE) ==
             WindowPolicy::start;
}

void Http2Connection::reset(Http2Stream& stream, std::uint32_t code) {
  if (closed_ || stream.closed_) return;
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id_, code);
  context_.loop.defer(flush_task_);
}

void Http2Connection::touch(Http2Stream& stream) {
  using Hook = boost::intrusive::list_base_hook<boost::intrusive::tag<TouchedTag>>;
  if (!static_cast<Hook&>(stream).is_linked()) touched_.push_back(stream);
}

void Http2Connection::deliver() {
  if (std::exchange(http1_to_tell_, false)) listener_.on_http1_required(*this);
  while (!touched_.empty()) {
    Http2Stream& stream = touched_.front();
    touched_.pop_front();
    deliver_one(stream);
  }
  if (std::exchange(capacity_changed_, false) && !closed_) listener_.on_capacity(*this);
}

void Http2Connection::deliver_one(Http2Stream& stream) {
  const bool closed = stream.closed_;
  if (auto* sink = stream.sink_) {
    if (stream.done_ || stream.failure_) {
      stream.sink_ = nullptr;
      stream.request_ = nullptr;
      if (!closed) end_stream_early(stream);
      if (stream.failure_ && !stream.done_) {
        sink->on_failure(std::move(*stream.failure_));
      } else {
        sink->on_complete(stream.block_ ? stream.block_->head().fields : http::Fields());
      }
    } else {
      if (stream.wants_writable_ && stream.takes_body()) {
        stream.wants_writable_ = false;
        sink->on_writable();
      }
      if (stream.sink_) sink->on_flush();
    }
  }
  if (closed) forget(stream);
}

void Http2Connection::forget(Http2Stream& stream) {
  if (stream.block_) shared_.header_blocks.give(std::move(stream.block_));
  if (stream.lingers_) --lingering_;
  streams_.erase(streams_.iterator_to(stream));
  delete &stream;
  capacity_changed_ = true;
  rest_soon();
}

/// The response is over or of no use, and the peer has not ended its stream. A response without a
/// body is over with its head: its END_STREAM may come in a frame of its own, and is waited for
/// where that costs nothing, since origins hold resets against their clients (CVE-2023-44487).
void Http2Connection::end_stream_early(Http2Stream& stream) {
  if (!stream.done_) return reset(stream, NGHTTP2_CANCEL);
  const bool may_linger = stream.rules_.has_no_body() && stream.sent() && !draining_ &&
                          lingering_ < most_lingering && capacity() > 0;
  if (!may_linger) return reset(stream, NGHTTP2_NO_ERROR);
  stream.lingers_ = true;
  ++lingering_;
  capacity_changed_ = true;
}

void Http2Connection::reset_lingering() {
  for (auto& stream : streams_) {
    if (stream.lingers_) reset(stream, NGHTTP2_NO_ERROR);
  }
}

/// Whether an end without one byte of response is how such a connection ends: it had worked, had
/// stood for a while, or the origin wants HTTP/1.1.
bool Http2Connection::is_known_to_drop(const Http2Stream& stream) const {
  return answers_ > 0 || stream.on_aged_ || (http1_required_ && info_.http1_offered);
}

Error Http2Connection::failure_of(const Http2Stream& stream, ErrorType type,
                                  const std::string& reason) const {
  Error error{type, Side::origin, Phase::response, Proof::unknown, reason};
  if (stream.final_head_) {
    error.proof = Proof::response_started;
    error.type = ErrorType::http_response_incomplete;
  } else if (!stream.first_byte_at_ || written_bytes_ <= *stream.first_byte_at_) {
    error.proof = Proof::not_sent;
    error.phase = Phase::send;
  } else if (is_known_to_drop(stream) && !stream.interim_) {
    error.proof = Proof::no_byte_on_reused;
  }
  return error;
}

void Http2Connection::fail(ErrorType type, const std::string& why) {
  if (closed_) return;
  closed_ = draining_ = true;
  if (end_reason_.empty()) end_reason_ = why;
  const auto reason = goaway_.empty() ? why : why + " after " + goaway_;
  timer_.cancel();
  pause_timer_.reset();
  liveness_.stop();
  transport_->close();
  held_.set(0);
  for (auto& stream : streams_) {
    stream.closed_ = true;
    if (!stream.done_ && !stream.failure_) stream.failure_ = failure_of(stream, type, reason);
    touch(stream);
  }
  deliver();
  listener_.on_closed(*this, end_reason_);
}

void Http2Connection::close_when_done() {
  if (!draining_ || streams() > 0 || !pending_.empty()) return;
  if (lingering_ > 0) return reset_lingering();
  nghttp2_session_terminate_session2(session_.get(), 0,
                                     NGHTTP2_NO_ERROR);  // a client has accepted no stream (F036)
  say_last_words();
  fail(ErrorType::connection_terminated, end_reason_);
}

PathCounters Http2Connection::path_counters() const {
  return ccnproxy::path_counters(transport_->fd());
}

PathState Http2Connection::path_state() const { return ccnproxy::path_state(transport_->fd()); }

bool Http2Connection::can_ping() const {
  return info_.ping && !closed_ &&
         (!pinged_at_ || context_.loop.now() - *pinged_at_ >= facts_->ping_interval);
}

std::optional<Duration> Http2Connection::ping_interval() const {
  return info_.ping ? std::optional(facts_->ping_interval) : std::nullopt;
}

/// Not waited for: anything that comes is a sign of life.
void Http2Connection::ping() {
  pinged_at_ = context_.loop.now();
  ping_to_write_ = true;
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
  context_.loop.defer(flush_task_);
}

void Http2Connection::on_suspicion() {
  if (closed_) return;
  if (is_suspicious()) facts_->suspect(info_.address, context_.loop.now());
  listener_.on_capacity(*this);
}

void Http2Connection::on_stalled() {
  const auto reason = liveness_.silence_text();
  if (streams() == 0) {
    if (end_reason_.empty()) end_reason_ = origin::no_sign_of_life;
    return fail(ErrorType::connection_read_timeout, reason);
  }
  for (auto it = streams_.begin(); it != streams_.end();) {
    auto& stream = *it++;
    if (!stream.sink_ || stream.final_head_ || stream.done_ || stream.failure_) continue;
    stream.sink_->on_stalled(failure_of(stream, ErrorType::connection_read_timeout, reason));
  }
}

void Http2Connection::rest() {
  if (streams_.empty() && pending_.empty() && !nghttp2_session_want_write(session_.get()))
    memory_.rest();
}

void Http2Connection::rest_soon() {
  if (!streams_.empty() || !settings_received_) return;
  timer_.set_after(rest_after);
  not_sent_lowat_.rest(transport_->fd());
}

void Http2Connection::on_timer() {
  if (settings_received_) return rest();
  fail(ErrorType::connection_timeout, "the origin did not send its HTTP/2 SETTINGS within " +
                                          time_text(context_.settings_timeout) + " (timeouts.tls)");
}

}  // namespace ccnproxy::http2
