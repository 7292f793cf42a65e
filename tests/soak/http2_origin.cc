#include "http2_origin.h"

#include <charconv>

namespace ccnproxy::soak {
namespace {

using std::chrono::milliseconds;

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view v) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(v.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::string_view text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

/// nghttp2's C callbacks, each one line: find the stream, tell the connection.
struct Http2Origin::Callbacks {
  static Http2Origin& self(void* user) { return *static_cast<Http2Origin*>(user); }
  static Stream* find(void* user, std::int32_t number) {
    const auto found = self(user).streams_.find(number);
    return found == self(user).streams_.end() ? nullptr : &found->second;
  }
  static int on_begin(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->headers.cat == NGHTTP2_HCAT_REQUEST) self(user).begin(frame->hd.stream_id);
    return 0;
  }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user) {
    if (auto* s = find(user, frame->hd.stream_id))
      self(user).on_field(*s, text(name, name_size), text(value, value_size));
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const auto number = frame->hd.stream_id;
    const bool end = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    auto* s = find(user, number);
    if (!s) return 0;
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
      self(user).on_head(number, *s, end);
    else if (end && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
      self(user).on_request_end(number, *s);
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t number, const std::uint8_t* data,
                     std::size_t size, void* user) {
    if (auto* s = find(user, number)) self(user).on_body(*s, text(data, size));
    return 0;
  }
  static int on_close(nghttp2_session*, std::int32_t number, std::uint32_t, void* user) {
    self(user).streams_.erase(number);
    return 0;
  }
  static ssize_t on_read(nghttp2_session*, std::int32_t number, std::uint8_t* into,
                         std::size_t size, std::uint32_t* flags, nghttp2_data_source*, void* user) {
    auto* s = find(user, number);
    return s ? self(user).read_body(number, *s, into, size, flags)
             : ssize_t{NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE};
  }
};

Http2Origin::Http2Origin(World& world, UniqueFd fd, SSL* ssl, const ConnectionPlan& plan)
    : Link(world.loop, std::move(fd), ssl), world_(world), connection_(plan) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::on_begin);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::on_frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::on_close);
  nghttp2_session_server_new(&session_, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
}

Http2Origin::~Http2Origin() { nghttp2_session_del(session_); }

void Http2Origin::on_established() {
  if (connection_.flaw != Flaw::late_settings || world_.calm) return announce();
  world_.later.after(milliseconds(30), [weak = weak_from_this()] {
    const auto self = std::static_pointer_cast<Http2Origin>(weak.lock());
    if (self && self->is_open()) self->announce();
  });
}

void Http2Origin::announce() {
  const bool few = connection_.flaw == Flaw::few_streams;
  const bool small = connection_.flaw == Flaw::small_windows;
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, few ? 3u : 100u},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, small ? 1000u : 65535u}};
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  announced_ = true;
  pump();
}

void Http2Origin::begin(std::int32_t number) {
  if (going_ && number > last_) return;  // GOAWAY is on its way: not acted on
  streams_[number] = {};
  newest_ = std::max(newest_, number);
  ++requests_;
}

void Http2Origin::on_field(Stream& stream, std::string_view name, std::string_view value) {
  if (name == ":path" && value.starts_with("/r/")) {
    std::from_chars(value.data() + 3, value.data() + value.size(), stream.id);
    stream.plan = world_.plan(stream.id);
  }
  if (name == "x-token") stream.token_seen = value == token_text(stream.plan.token);
}

void Http2Origin::on_head(std::int32_t number, Stream& stream, bool end) {
  if (!stream.token_seen)
    return world_.ledger.violation("h2: a request without its token, " + std::to_string(stream.id));
  world_.ledger.count_act(stream.plan.act);
  if (stream.plan.act == Act::drop) return end_after_output(Ending::reset);
  if (stream.plan.act == Act::refuse) return reset(number, NGHTTP2_REFUSED_STREAM);
  if (stream.plan.act == Act::answer_early && !end && !(going_ && number > last_)) {
    execute(number, stream);
    return answer(number, stream);
  }
  if (end) on_request_end(number, stream);
}

void Http2Origin::on_body(Stream& stream, std::string_view bytes) {
  if (!is_body(stream.plan.token, stream.body_seen, bytes))
    world_.ledger.violation("h2: request " + std::to_string(stream.id) +
                            ": its body is not its own");
  stream.body_seen += bytes.size();
}

void Http2Origin::on_request_end(std::int32_t number, Stream& stream) {
  if (stream.plan.has_body && stream.body_seen != stream.plan.body)
    world_.ledger.violation("h2: request " + std::to_string(stream.id) +
                            ": its body was cut, and looks whole");
  if (stream.answered || !stream.token_seen || stream.plan.act == Act::refuse) return;
  if (going_ && number > last_) return;
  execute(number, stream);
  act(number, stream);
}

void Http2Origin::execute(std::int32_t number, const Stream& stream) {
  newest_executed_ = std::max(newest_executed_, number);
  world_.ledger.executed(stream.id, stream.plan);
}

void Http2Origin::act(std::int32_t number, Stream& stream) {
  switch (stream.plan.act) {
    case Act::stall:
      return;
    case Act::reset_unanswered:
      return reset(number, stream.plan.token % 2 ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_NO_ERROR);
    case Act::answer_late:
      return after(milliseconds(1 + stream.plan.token % 40), number, &Http2Origin::answer);
    case Act::inform_first: {
      const nghttp2_nv head[] = {field(":status", "103"), field("link", "</x>")};
      nghttp2_submit_headers(session_, 0, number, nullptr, head, std::size(head), nullptr);
      return answer(number, stream);
    }
    case Act::go_away_hard:
      // What was not acted on is left out; the answers that are due are cut off by the end.
      last_ = newest_executed_;
      nghttp2_submit_goaway(session_, 0, last_, NGHTTP2_NO_ERROR, nullptr, 0);
      going_ = cut_ = true;
      return;
    default:
      return answer(number, stream);
  }
}

void Http2Origin::answer(std::int32_t number, Stream& stream) {
  if (stream.answered) return;
  stream.answered = true;
  stream.body_end = stream.plan.visible();
  switch (stream.plan.act) {
    case Act::truncate:
    case Act::close_in_body:
    case Act::stall_in_body:
      stream.body_end /= 2;
      break;
    case Act::too_long:
      stream.body_end += 40;
      break;
    default:
      break;
  }
  submit(number, stream);
  const bool enough_requests =
      connection_.most_requests > 0 && requests_ >= connection_.most_requests;
  if (!going_ && !world_.calm && (stream.plan.act == Act::go_away || enough_requests))
    go_away(newest_);
}

void Http2Origin::go_away(std::int32_t last) {
  going_ = true;
  last_ = last;
  if (connection_.in_order) nghttp2_submit_shutdown_notice(session_);
  nghttp2_submit_goaway(session_, 0, last, NGHTTP2_NO_ERROR, nullptr, 0);
}

void Http2Origin::submit(std::int32_t number, Stream& stream) {
  const auto& plan = stream.plan;
  const auto status = std::to_string(plan.status);
  const auto token = token_text(plan.token);
  const auto length = std::to_string(plan.answer + (plan.act == Act::too_short ? 10u : 0u));
  std::vector<nghttp2_nv> head{field(":status", status), field("x-token", token)};
  if (!plan.chunked_answer && plan.status != 204) head.push_back(field("content-length", length));
  if (plan.act == Act::malformed_head) head.push_back(field("bad name", "x"));
  nghttp2_data_provider body{{.ptr = nullptr}, Callbacks::on_read};
  const bool bodiless = plan.method == "HEAD" || plan.status == 204;
  nghttp2_submit_response(session_, number, head.data(), head.size(), bodiless ? nullptr : &body);
}

ssize_t Http2Origin::read_body(std::int32_t number, Stream& stream, std::uint8_t* into,
                               std::size_t size, std::uint32_t* flags) {
  const auto left = stream.body_end - stream.body_sent;
  if (left == 0) return end_body(number, stream, flags);
  if (stream.paused) return NGHTTP2_ERR_DEFERRED;
  const bool slowly = stream.plan.act == Act::answer_slowly && stream.body_sent < 4000;
  const auto n = static_cast<std::size_t>(
      std::min<std::uint64_t>({left, size, slowly ? std::uint64_t{500} : std::uint64_t{16384}}));
  std::string piece;
  append_body(piece, stream.plan.token, stream.body_sent, n);
  piece.copy(reinterpret_cast<char*>(into), n);
  stream.body_sent += n;
  if (stream.body_sent == stream.body_end && stream.plan.act <= Act::answer_late)
    *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (slowly && stream.body_sent < stream.body_end) {
    stream.paused = true;
    after(milliseconds(8), number, &Http2Origin::resume);
  }
  return static_cast<ssize_t>(n);
}

ssize_t Http2Origin::end_body(std::int32_t number, Stream& stream, std::uint32_t* flags) {
  switch (stream.plan.act) {
    case Act::truncate:
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;  // RST_STREAM
    case Act::close_in_body:
      end_after_output(Ending::fin_only);
      return NGHTTP2_ERR_DEFERRED;
    case Act::stall_in_body:
      return NGHTTP2_ERR_DEFERRED;
    default:
      break;
  }
  *flags |= NGHTTP2_DATA_FLAG_EOF;
  if (stream.plan.act == Act::add_trailers) {
    *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
    const nghttp2_nv sum = field("x-sum", "1");
    nghttp2_submit_trailer(session_, number, &sum, 1);
  }
  if (stream.plan.act == Act::answer_early)  // RFC 9113 §8.1: the upload is not wanted any more
    after(milliseconds(1), number, &Http2Origin::stop_upload);
  return 0;
}

void Http2Origin::after(Duration delay, std::int32_t number,
                        void (Http2Origin::*call)(std::int32_t, Stream&)) {
  world_.later.after(delay, [weak = weak_from_this(), number, call] {
    const auto self = std::static_pointer_cast<Http2Origin>(weak.lock());
    if (!self || !self->is_open()) return;
    const auto found = self->streams_.find(number);
    if (found != self->streams_.end()) (self.get()->*call)(number, found->second);
    self->pump();
  });
}

void Http2Origin::stop_upload(std::int32_t number, Stream&) { reset(number, NGHTTP2_NO_ERROR); }

void Http2Origin::resume(std::int32_t number, Stream& stream) {
  stream.paused = false;
  nghttp2_session_resume_data(session_, number);
}

void Http2Origin::reset(std::int32_t number, std::uint32_t code) {
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, number, code);
}

void Http2Origin::close_if_idle(std::uint64_t since) {
  if (!is_open() || !streams_.empty() || requests_ != since) return;
  if (connection_.in_order) nghttp2_session_terminate_session(session_, NGHTTP2_NO_ERROR);
  pump();
  end_after_output(connection_.in_order ? Ending::in_order : Ending::fin_only);
}

void Http2Origin::on_bytes(std::string_view bytes) {
  const auto taken = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (taken < 0) {
    world_.ledger.violation(std::string("h2: the proxy broke HTTP/2: ") +
                            nghttp2_strerror(static_cast<int>(taken)));
    return end(Ending::reset);
  }
  pump();
}

void Http2Origin::on_room() { pump(); }

void Http2Origin::pump() {
  while (announced_ && is_open() && unsent() < enough) {
    const std::uint8_t* bytes = nullptr;
    const auto n = nghttp2_session_mem_send(session_, &bytes);
    if (n <= 0) break;
    send(text(bytes, static_cast<std::size_t>(n)));
  }
  if (!is_open() || !announced_) return;
  if (cut_) return end_after_output(connection_.in_order ? Ending::in_order : Ending::fin_only);
  if (unsent() > 0) return;
  if (nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0)
    return end_after_output(Ending::in_order);
  if (!streams_.empty() || requests_ == 0 || world_.calm) return;
  if (connection_.closes_after_answer > 0) {
    world_.later.after(milliseconds(connection_.closes_after_answer), [weak = weak_from_this()] {
      if (const auto self = weak.lock(); self && self->is_open()) self->end(Ending::fin_only);
    });
  }
  if (connection_.closes_when_idle == 0) return;
  world_.later.after(milliseconds(connection_.closes_when_idle),
                     [weak = weak_from_this(), since = requests_] {
                       if (const auto self = weak.lock())
                         static_cast<Http2Origin&>(*self).close_if_idle(since);
                     });
}

}  // namespace ccnproxy::soak
