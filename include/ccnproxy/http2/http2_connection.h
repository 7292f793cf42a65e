#pragma once

#include <memory>
#include <string>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/http2/frame_rate_limiter.h"
#include "ccnproxy/http2/http2_callbacks.h"
#include "ccnproxy/http2/http2_memory.h"
#include "ccnproxy/http2/http2_stream.h"
#include "ccnproxy/http2/table_use.h"
#include "ccnproxy/http2/worker_memory.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/net/not_sent_lowat.h"
#include "ccnproxy/origin/connection_context.h"
#include "ccnproxy/origin/liveness_watch.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/origin/peer_state.h"
#include "ccnproxy/tls/transport.h"

namespace ccnproxy::http2 {

/// An HTTP/2 connection to an origin (RFC 9113) over nghttp2.
///
/// Owned by a pool, destroyed through the event loop. Requests are submitted at once and go out
/// together at the end of the turn in one TLS write; what one read brings for many streams is told
/// to all their sinks before each client is written once. Nothing is submitted beyond the peer's
/// stream limit, so that no queue hides in nghttp2. Credit of the connection's window is given back
/// on receipt, of a stream's when its client has taken the bytes: a slow client stalls no other.
///
/// Everything that ends the connection runs through fail(), which gives each open stream the proof
/// of what the origin can have seen. The listener hears of the end from the event loop only, never
/// from within open(), drain() or a stream's calls.
///
/// `facts` is shared by the connections of one origin: what they learn for each other.
class Http2Connection final : public origin::OriginConnection,
                              private IoHandler,
                              private origin::Watched {
 public:
  /// Takes over an established transport. Preface and SETTINGS go out with the first request (or at
  /// the end of this turn); the peer's SETTINGS are not waited for.
  Http2Connection(const origin::ConnectionContext& context, WorkerMemory& shared,
                  std::unique_ptr<tls::Transport> transport, origin::ConnectionInfo info,
                  origin::ConnectionListener& listener, std::shared_ptr<origin::PeerState> facts);
  ~Http2Connection() override;

  const origin::ConnectionInfo& info() const override { return info_; }
  std::size_t capacity() const override;
  std::size_t streams() const override { return streams_.size() - lingering_; }
  std::uint64_t requests() const override { return requests_; }
  std::uint64_t answers() const override { return answers_; }
  std::uint64_t received_bytes() const override { return received_bytes_; }
  PathCounters path_counters() const override;
  bool is_suspicious() const override { return liveness_.is_suspicious(); }
  void check_alive() override {
    if (!reading_paused_) liveness_.check();
  }
  bool is_draining() const override { return draining_; }
  std::optional<Duration> ping_interval() const override;
  origin::OriginStream& open(const http::OutgoingRequest& request,
                             origin::ResponseSink& sink) override;
  void drain(std::string_view reason) override;
  std::string_view farewell() const override { return goaway_; }
  bool is_reproached() const override { return reproached_; }

 private:
  friend class Http2Stream;
  friend struct Http2Callbacks;
  friend struct Http2StreamIds;  ///< a test's, which can't open 2^29 streams
  template <class Tag>
  using StreamList = boost::intrusive::list<
      Http2Stream,
      boost::intrusive::base_hook<boost::intrusive::list_base_hook<boost::intrusive::tag<Tag>>>>;

  /// What goes out next: `used` of `size` bytes at `into`, then `passed`, then `last`.
  struct Pulled {
    char* into;
    std::size_t size;
    std::size_t used = 0;
    std::string_view passed = {};  ///< the rest of a DATA frame, from the client's buffer
    std::string_view last = {};    ///< a frame, from nghttp2's
  };
  using End = std::pair<ErrorType, std::string>;

  // What streams ask.
  void resume_upload(Http2Stream& stream);
  std::size_t pass_upload(Http2Stream& stream, std::string_view bytes);
  bool holds_uploads();
  void return_credit(Http2Stream& stream, std::size_t n);
  void reset(Http2Stream& stream, std::uint32_t code);

  // What nghttp2 tells. These change state and touch streams; they neither write nor destroy.
  Http2HeaderBlock& block_of(Http2Stream& stream);
  int on_header(Http2Stream& stream, nghttp2_rcbuf* name, nghttp2_rcbuf* value);
  void on_head_end(Http2Stream& stream, bool end_stream);
  void tell_head(Http2Stream& stream, const http::ResponseHead& head, bool end_stream);
  void on_data(Http2Stream* stream, std::string_view bytes);
  void on_end_stream(Http2Stream& stream);
  void on_headers_going_out(Http2Stream& stream);
  void on_stream_close(Http2Stream& stream, std::uint32_t code);
  void on_broken(Http2Stream& stream, ErrorType type, const std::string& reason);
  void on_objection(Http2Stream& stream, const std::string& reason);
  void on_settings(bool ack);
  void on_goaway(std::uint32_t code, std::string_view debug);
  int on_reset_going_out(const Http2Stream& stream, std::uint32_t code);
  void on_goaway_going_out(std::uint32_t code, std::string_view reason);
  bool note_http1_required();
  Proof proof_of_reset(const Http2Stream& stream, std::uint32_t code);
  std::string reset_reason(const Http2Stream& stream, std::uint32_t code) const;
  static ssize_t read_upload(nghttp2_session* session, std::int32_t id, std::uint8_t* into,
                             std::size_t size, std::uint32_t* flags, nghttp2_data_source* source,
                             void* self);

  static std::size_t longest_data(const Http2Stream* stream, std::size_t peer_takes);
  static void submit_trailers(nghttp2_session* session, Http2Stream& stream);
  int write_data(Http2Stream& stream, std::uint8_t flags, std::size_t length);
  void put_in_front(const Http2Stream& stream, std::uint8_t flags, std::size_t length);
  bool copy_frame(const Http2Stream& stream, std::uint8_t flags, std::size_t length);
  std::size_t room_in_record() const;
  void tell_waiting_uploads();

  // Watched
  bool awaits_answer() const override { return !closed_ && streams() > 0 && !reading_paused_; }
  PathState path_state() const override;
  bool can_ping() const override;
  void ping() override;
  void on_suspicion() override;
  void on_stalled() override;

  // Input, output, end.
  void on_io(std::uint32_t events) override;
  void read_all(bool to_the_end);
  bool may_read();
  void read_again();
  bool read_batch();
  bool tell_end();
  bool take(std::string_view bytes);
  std::size_t fill_read_buffer();
  void note_end(tls::IoStatus status);
  void flush();
  void write_all();
  Pulled pull(char* into, std::size_t size);
  void pull_into(Pulled& pulled);
  void write_pulled(std::string_view bytes);
  void write_pending();
  void wait_for_room();
  void watch_writing(bool wanted);
  void update_watch();
  void fit_windows();
  bool has_full_windows() const;
  void account();
  void submit(Http2Stream& stream);
  void flush_requests();
  void touch(Http2Stream& stream);
  void deliver();
  void deliver_one(Http2Stream& stream);
  void end_stream_early(Http2Stream& stream);
  void forget(Http2Stream& stream);
  void reset_lingering();
  void fail(ErrorType type, const std::string& why);
  bool is_known_to_drop(const Http2Stream& stream) const;
  Error failure_of(const Http2Stream& stream, ErrorType type, const std::string& reason) const;
  void end_with(std::uint32_t code, const std::string& reason);
  void say_last_words();
  void close_when_done();
  void on_timer();
  void rest();
  void rest_soon();

  const origin::ConnectionContext& context_;
  WorkerMemory& shared_;
  std::unique_ptr<tls::Transport> transport_;
  origin::ConnectionInfo info_;
  origin::ConnectionListener& listener_;
  Http2Memory memory_;
  Http2SessionPtr session_;
  StreamList<AllStreamsTag> streams_;
  StreamList<TouchedTag> touched_;
  DeferredCall flush_task_;
  Timer timer_;  ///< until the peer's SETTINGS are there, then until it rests
  std::unique_ptr<Timer> pause_timer_;  ///< while memory is full and the origin is not read
  ByteQueue pending_;                   ///< pulled from nghttp2, not yet taken by the socket
  std::size_t block_bytes_ = 0;         ///< of a header block that is arriving
  BufferCharge held_;                   ///< pending_ and block_bytes_
  NotSentLowat not_sent_lowat_;
  std::int32_t first_window_;        ///< of new streams, as the peer was told last
  Pulled* pulling_ = nullptr;        ///< where nghttp2's output goes during pull()
  std::uint64_t queued_bytes_ = 0;   ///< ever pulled from nghttp2
  std::uint64_t written_bytes_ = 0;  ///< ever taken by the socket
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;  ///< with one, a request now is on a reused connection
  std::uint64_t received_bytes_ = 0;
  std::shared_ptr<origin::PeerState> facts_;
  origin::PeerState::Use use_;  ///< of its address
  origin::LivenessWatch liveness_;
  TimePoint opened_;
  FrameRateLimiter flood_;
  TableUse table_use_;
  std::optional<TimePoint> pinged_at_;
  TimePoint flight_began_{};           ///< a round trip ago at most
  std::uint32_t flight_writes_ = 0;    ///< since then
  std::string end_reason_;             ///< why it drains or ended
  std::string goaway_;                 ///< GOAWAY (CODE, "debug data") of the peer
  std::string own_goaway_;             ///< CODE: reason, of the peer's mistake
  std::size_t lingering_ = 0;          ///< streams whose response is over before its END_STREAM
  std::uint32_t peer_window_ = 65535;  ///< SETTINGS_INITIAL_WINDOW_SIZE of the peer
  /// Seen in the middle of a call of a stream, and not told yet.
  std::unique_ptr<End> end_;
  bool window_lifted_ = false;    ///< peer_window_ has grown since the last output
  bool window_overflow_ = false;  ///< and lifted a stream's window beyond 2^31-1
  bool http1_required_ = false;   ///< the peer has said HTTP_1_1_REQUIRED
  bool http1_to_tell_ = false;    ///< and the listener has not heard of it
  bool fills_table_ = false;      ///< with the fields of the request that is being submitted
  bool ping_to_write_ = false;
  bool preface_to_write_ = true;
  bool uploads_wait_ = false;  ///< for the socket to take pending_
  bool more_to_read_ = false;
  bool settings_received_ = false;
  bool capacity_changed_ = false;
  bool draining_ = false;
  bool reproached_ = false;
  bool closed_ = false;
  bool watching_write_ = false;
  bool reading_paused_ = false;
  std::uint32_t watched_ = EPOLLIN;
};

}  // namespace ccnproxy::http2
