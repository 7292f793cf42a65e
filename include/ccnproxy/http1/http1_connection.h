#pragma once

#include <memory>
#include <string>

#include "ccnproxy/base/byte_queue.h"
#include "ccnproxy/base/memory_budget.h"
#include "ccnproxy/http/chunked.h"
#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/net/not_sent_lowat.h"
#include "ccnproxy/origin/connection_context.h"
#include "ccnproxy/origin/interim_limiter.h"
#include "ccnproxy/origin/liveness_watch.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/origin/peer_state.h"
#include "ccnproxy/tls/transport.h"

namespace ccnproxy::http1 {

/// An HTTP/1.1 connection to an origin (RFC 9112): one request at a time, reused while both sides
/// keep it. Over TLS or plain TCP.
///
/// A reader is armed also while idle: any unsolicited byte and any end retires the
/// connection before a request can be placed on it (F005, F006, F013). A body without a length that
/// ends without close_notify is a truncated one (F084).
///
/// Same life and threading as Http2Connection.
class Http1Connection final : public origin::OriginConnection,
                              private origin::OriginStream,
                              private IoHandler,
                              private origin::Watched {
 public:
  Http1Connection(const origin::ConnectionContext& context,
                  std::unique_ptr<tls::Transport> transport, origin::ConnectionInfo info,
                  origin::ConnectionListener& listener, std::shared_ptr<origin::PeerState> facts);
  ~Http1Connection() override;

  const origin::ConnectionInfo& info() const override { return info_; }
  std::size_t capacity() const override {
    return draining_ || closed_ || request_ || is_suspicious() ? 0 : 1;
  }
  std::size_t streams() const override { return request_ ? 1 : 0; }
  std::uint64_t requests() const override { return requests_; }
  std::uint64_t answers() const override { return answers_; }
  std::uint64_t received_bytes() const override { return received_bytes_; }
  PathCounters path_counters() const override;
  origin::AnnouncedLimits announced_limits() const override { return announced_; }
  bool is_suspicious() const override { return liveness_.is_suspicious() || is_address_silent(); }
  bool is_draining() const override { return draining_; }
  bool is_given_up() const override { return given_up_; }
  origin::OriginStream& open(const http::OutgoingRequest& request,
                             origin::ResponseSink& sink) override;
  void drain(std::string_view reason) override;

 private:
  static constexpr std::size_t upload_limit = 256 * 1024;  ///< held for the socket
  static constexpr std::size_t backlog_limit =
      1024 * 1024;  ///< told to the sink and not yet taken by its client
  static constexpr std::size_t upload_limit_under_pressure =
      64 * 1024;                                           ///< where memory is under pressure
  static constexpr std::size_t upload_enough = 64 * 1024;  ///< held: no more is asked for

  enum class Reading : std::uint8_t { head, fixed, chunked, until_close };

  // OriginStream
  std::size_t write_body(std::string_view bytes) override;
  bool takes_body() override;
  void end_body(const http::Fields& trailers) override;
  void consumed(std::size_t n) override;
  void cancel() override;
  bool sent() const override { return body_ended_ && output_.empty(); }

  // Watched
  bool awaits_answer() const override { return !closed_ && request_ && sink_ && !reading_paused_; }
  PathState path_state() const override;
  bool can_ping() const override { return info_.ping && facts_->probes; }
  void ping() override { facts_->probes->ask(info_.address); }
  std::optional<TimePoint> unanswered_since() const override;
  Duration patience() const override { return facts_->slowest_head() * 2; }
  void on_suspicion() override;
  void on_stalled() override;

  bool is_address_silent() const;
  void note_announced();
  std::size_t pass_body(std::string_view bytes);
  void queue_body(std::string_view bytes);
  void on_io(std::uint32_t events) override;
  void read_all(bool to_the_end);
  void on_crossed_io(bool to_the_end);
  bool may_read();
  bool takes_more() const;
  void end_pause();
  void account() { held_.set(output_.size() + head_bytes_.size()); }
  bool read_batch();
  bool take(std::string_view bytes);
  bool take_head(std::string_view& bytes);
  bool on_head(std::string_view& rest);
  bool on_interim_head();
  bool switch_protocols(std::string_view rest);
  bool take_body(std::string_view& bytes);
  bool take_chunked(std::string_view& bytes);
  void give_body(std::string_view bytes);
  void on_end(tls::IoStatus status);
  void complete(const http::Fields& trailers);
  void finish_request();
  bool broken(std::string_view reason);
  void flush();
  bool write_output();
  void wait_for_room();
  void update_watch();
  void fail(ErrorType type, const std::string& reason);
  Error failure_of(ErrorType type, const std::string& reason) const;

  const origin::ConnectionContext& context_;
  std::unique_ptr<tls::Transport> transport_;
  origin::ConnectionInfo info_;
  origin::ConnectionListener& listener_;
  DeferredCall flush_task_;
  Timer pause_timer_;  ///< while memory is full and the origin is not read
  BufferCharge held_;  ///< output_ and head_bytes_
  NotSentLowat not_sent_lowat_;

  // The request in flight.
  const http::OutgoingRequest* request_ = nullptr;
  origin::ResponseSink* sink_ = nullptr;
  Reading reading_ = Reading::head;
  std::string head_bytes_;     ///< of a head that did not come in one read
  std::size_t head_size_ = 0;  ///< of the last head that was complete
  http::ResponseHead head_;
  http::ResponseHeadParser parser_;
  http::ChunkedDecoder chunks_;
  std::uint64_t body_left_ = 0;
  bool interim_ = false;  ///< a 1xx head has come for it
  origin::InterimLimiter interim_limiter_;
  std::uint64_t backlog_ = 0;
  ByteQueue output_;
  std::uint64_t request_at_ = 0;  ///< offset of its first byte in all that was queued
  bool body_ended_ = false;
  bool wants_writable_ = false;
  bool final_head_ = false;
  bool keep_ = true;  ///< the response lets the connection live on

  std::uint64_t queued_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t requests_ = 0;
  std::uint64_t answers_ = 0;
  bool given_up_ = false;
  std::uint64_t received_bytes_ = 0;
  origin::AnnouncedLimits announced_;
  std::shared_ptr<origin::PeerState> facts_;
  origin::PeerState::Use use_;  ///< of its address
  origin::LivenessWatch liveness_;
  TimePoint opened_;
  TimePoint requested_;
  bool on_aged_ = false;  ///< the connection had stood for a while when the request was placed
  std::uint32_t watched_ = 0;
  bool draining_ = false;
  bool closed_ = false;
  bool socket_full_ = false;
  bool more_to_read_ = false;  ///< the last batch stopped before the transport ran dry
  bool read_again_ = false;
  bool reading_paused_ = false;
  std::string end_reason_;
};

}  // namespace ccnproxy::http1
