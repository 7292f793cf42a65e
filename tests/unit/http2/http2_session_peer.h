#pragma once

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nghttp2/nghttp2.h>

#include "unit/http2/http2_messages.h"
#include "unit/origin/socket_peer.h"

namespace ccnproxy::http2 {

/// An HTTP/2 origin in the test's own hands, over nghttp2's server session: sends what it is told
/// and remembers what it sees. Before send_settings(), which must come first, it sends nothing and
/// only collects in received() what comes.
class Http2SessionPeer final : public origin::SocketPeer {
 public:
  /// `grants_windows`: uploads may go on without end; else only as far as grant() says.
  Http2SessionPeer(EventLoop& loop, UniqueFd fd, bool grants_windows = true)
      : origin::SocketPeer(loop, std::move(fd)) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_option* option = nullptr;
    nghttp2_option_new(&option);
    nghttp2_option_set_no_auto_window_update(option, !grants_windows);
    nghttp2_session_server_new2(&session_, callbacks, this, option);
    nghttp2_option_del(option);
    nghttp2_session_callbacks_del(callbacks);
  }
  ~Http2SessionPeer() override { nghttp2_session_del(session_); }

  void send_settings(std::vector<nghttp2_settings_entry> entries = {}) {
    started_ = true;
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, entries.data(), entries.size());
    const auto early = received();
    forget_received();
    if (!early.empty()) on_bytes(early);
    pump();
  }
  void answer(std::int32_t id, Http2Answer what = {}) {
    auto& reply = replies_[id] = std::move(what);
    auto head = to_nv(reply.head);
    nghttp2_data_provider data{{.ptr = &reply}, read_reply};
    const bool has_data =
        !reply.body.empty() || reply.filler > 0 || !reply.end || !reply.trailers.empty();
    nghttp2_submit_response(session_, id, head.data(), head.size(), has_data ? &data : nullptr);
    pump();
  }
  void inform(std::int32_t id, const std::string& status) {
    const HeaderList head{{":status", status}};
    auto block = to_nv(head);
    nghttp2_submit_headers(session_, 0, id, nullptr, block.data(), block.size(), nullptr);
    pump();
  }
  /// More of an answer that had no end.
  void add(std::int32_t id, std::string_view body, bool end) {
    replies_[id].body += body;
    replies_[id].end = end;
    nghttp2_session_resume_data(session_, id);
    pump();
  }
  void reset(std::int32_t id, std::uint32_t code) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, code);
    pump();
  }
  void goaway(std::int32_t last_id, std::uint32_t code = NGHTTP2_NO_ERROR,
              const std::string& text = "") {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, last_id, code,
                          reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    pump();
  }
  /// The first half of an orderly end: GOAWAY(2^31-1).
  void announce_shutdown() {
    nghttp2_submit_shutdown_notice(session_);
    pump();
  }
  /// Lets the client send `n` more bytes of this request's body.
  void grant(std::int32_t id, std::size_t n) {
    nghttp2_session_consume(session_, id, n);
    pump();
  }
  /// Takes up to a gigabyte on the whole connection without being asked.
  void open_window() {
    nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, 1 << 30);
    pump();
  }
  /// What this peer may still send on the whole connection, and what SETTINGS it was told.
  std::int32_t connection_credit() const {
    return nghttp2_session_get_remote_window_size(session_);
  }
  std::uint32_t client_setting(nghttp2_settings_id id) const {
    return nghttp2_session_get_remote_settings(session_, id);
  }

  std::map<std::int32_t, SeenRequest> requests;
  std::optional<std::pair<std::int32_t, std::uint32_t>> goaway_seen;  ///< last id, code
  int settings_acknowledged = 0;

 private:
  static Http2SessionPeer& self(void* user) { return *static_cast<Http2SessionPeer*>(user); }

  static std::vector<nghttp2_nv> to_nv(const HeaderList& list) {
    const auto bytes = [](const std::string& s) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(s.data()));
    };
    std::vector<nghttp2_nv> block;
    for (const auto& [name, value] : list) {
      block.push_back({bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    }
    return block;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t flags, void* user) {
    auto& request = self(user).requests[frame->hd.stream_id];
    auto& list = frame->headers.cat == NGHTTP2_HCAT_REQUEST ? request.head : request.trailers;
    if (flags & NGHTTP2_NV_FLAG_NO_INDEX) ++request.not_kept;
    list.emplace_back(std::string(reinterpret_cast<const char*>(name), name_size),
                      std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    auto& peer = self(user);
    const auto id = frame->hd.stream_id;
    switch (frame->hd.type) {
      case NGHTTP2_DATA:
        peer.requests[id].largest_frame =
            std::max(peer.requests[id].largest_frame, frame->hd.length);
        [[fallthrough]];
      case NGHTTP2_HEADERS:
        if (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) peer.requests[id].complete = true;
        break;
      case NGHTTP2_RST_STREAM:
        peer.requests[id].reset = frame->rst_stream.error_code;
        break;
      case NGHTTP2_GOAWAY:
        peer.goaway_seen.emplace(frame->goaway.last_stream_id, frame->goaway.error_code);
        break;
      case NGHTTP2_SETTINGS:
        if (frame->hd.flags & NGHTTP2_FLAG_ACK) ++peer.settings_acknowledged;
        break;
      default:
        break;
    }
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* data,
                     std::size_t size, void* user) {
    self(user).requests[id].body.append(reinterpret_cast<const char*>(data), size);
    return 0;
  }

  static ssize_t read_reply(nghttp2_session* session, std::int32_t id, std::uint8_t* into,
                            std::size_t size, std::uint32_t* flags, nghttp2_data_source* source,
                            void*) {
    auto& reply = *static_cast<Http2Answer*>(source->ptr);
    auto n = std::min(size, reply.body.size());
    std::memcpy(into, reply.body.data(), n);
    reply.body.erase(0, n);
    const auto filler = static_cast<std::size_t>(std::min<std::uint64_t>(size - n, reply.filler));
    std::memset(into + n, 'z', filler);
    reply.filler -= filler;
    n += filler;
    if (!reply.body.empty() || reply.filler > 0) return static_cast<ssize_t>(n);
    if (!reply.end) return n > 0 ? static_cast<ssize_t>(n) : ssize_t{NGHTTP2_ERR_DEFERRED};
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!reply.trailers.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      auto block = to_nv(reply.trailers);
      nghttp2_submit_trailer(session, id, block.data(), block.size());
    }
    return static_cast<ssize_t>(n);
  }

  void on_bytes(std::string_view bytes) override {
    if (!started_) return origin::SocketPeer::on_bytes(bytes);
    nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                             bytes.size());
    pump();
  }
  void on_sent() override { pump(); }

  /// Hands what nghttp2 wants to send to the socket, a little at a time.
  void pump() {
    if (!started_ || std::exchange(pumping_, true)) return;
    while (is_open() && all_sent()) {
      std::string batch;
      while (batch.size() < 256 * 1024) {
        const std::uint8_t* bytes = nullptr;
        const auto n = nghttp2_session_mem_send(session_, &bytes);
        if (n <= 0) break;
        batch.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(n));
      }
      if (batch.empty()) break;
      send(batch);
    }
    pumping_ = false;
  }

  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Http2Answer> replies_;
  bool started_ = false;
  bool pumping_ = false;
};

}  // namespace ccnproxy::http2
