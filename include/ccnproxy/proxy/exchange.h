#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/timer.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head.h"
#include "ccnproxy/http/outgoing_request.h"
#include "ccnproxy/observe/access_record.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/pool/stream_waiter.h"
#include "ccnproxy/proxy/hedge.h"
#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/rate_watch.h"
#include "ccnproxy/proxy/request_body.h"
#include "ccnproxy/proxy/upgrade_tunnel.h"

namespace ccnproxy::proxy {

class BoundConnections;
class ClientSession;

/// One request and its response: maps it, takes a stream from the pool, moves both bodies, tries
/// again where that is provably safe, answers for the origin where there is no answer, and leaves
/// exactly one record in the access log.
///
/// Lent to a session from the worker's shelf; between begin() or refuse() and end(),
/// on_client_gone() or on_aborted() it belongs to that session. Whatever ends the response is the
/// last thing that a method does, since the session may then be on its next request.
class Exchange final : public pool::StreamWaiter,
                       private origin::ResponseSink,
                       private HedgedRequest {
 public:
  explicit Exchange(ProxyContext& context);
  ~Exchange();

  // From the session.
  void begin(ClientSession& client, std::string_view head_bytes, const http::RequestHead& head,
             const http::BodyFraming& framing);
  /// A request that can't be understood, or not from this client: answered and logged, and the
  /// connection ends.
  void refuse(ClientSession& client, std::string_view bytes, std::uint16_t status,
              std::string_view reason, ErrorType type = ErrorType::http_request_error);
  bool wants_body() const noexcept {
    if (stream_ && !stream_->takes_body()) return false;
    return body_.unsent().size() < (context_.memory.tight() ? 1 : RequestBody::high_mark);
  }
  /// What this request goes by to its end, whatever the configuration becomes meanwhile.
  const config::Config& config() const noexcept { return *config_; }
  /// Bytes of the request in memory.
  std::size_t held() const noexcept {
    return head_bytes_.size() + body_.held() + trailer_bytes_.size();
  }
  void on_client_body(std::string_view bytes);
  void on_client_body_end(const http::Fields& trailers);
  /// The body's framing is broken: nothing more can be understood.
  void on_client_broken(std::string_view reason);
  /// `n` bytes of the response's body have left for the client.
  void on_client_took(std::size_t n);
  /// The client left before the end.
  void on_client_gone();
  /// The session was told to break off (or its client took nothing for too long).
  void on_aborted();
  /// What the tunnel that the request became has carried, and how it ended; end() follows.
  void note_tunnel(const UpgradeTunnel& tunnel, UpgradeTunnel::End how);
  /// The response has left; the exchange is over.
  void end();

 private:
  // pool::StreamWaiter
  void on_connection(origin::OriginConnection& connection, observe::WaitResult found) override;
  void on_no_connection(Error error) override;
  // origin::ResponseSink
  void on_informational(const http::ResponseHead& head) override;
  void on_response(const http::ResponseHead& head, const http::BodyFraming& framing) override;
  void on_body(std::string_view bytes) override;
  void on_flush() override;
  void on_complete(const http::Fields& trailers) override;
  void on_failure(Error error) override;
  void on_writable() override;
  void on_stalled(const Error& error) override;
  void on_upgrade(const http::ResponseHead& head, std::unique_ptr<tls::Transport> connection,
                  std::string_view rest) override;

  // HedgedRequest
  void on_hedge_won(origin::OriginStream& stream, origin::OriginConnection& connection,
                    bool reused) override;

  void adopt(ClientSession& client, std::string_view head_bytes, const http::RequestHead& head);
  bool map();
  bool is_served(const http::BodyFraming& framing);
  pool::OriginPool* find_pool();
  bool may_go_elsewhere() const;
  void go_to(std::size_t worker);
  bool may_go_on();
  bool answer_own_path();
  void answer_health();
  void ask_statistics();
  std::string_view pseudonym() const;
  bool is_loop() const;
  void build_request(const http::BodyFraming& framing);
  void choose_request_id();
  void answer_expectation();
  void acquire(std::uint64_t avoid);
  bool acquire_bound();
  void dial_bound(BoundConnections& bound);
  void note_connection(const origin::OriginConnection& connection, bool reused);
  void watch_for_hedge();
  void send_body();
  void note_bulk(std::uint64_t before, std::uint64_t more);
  bool may_try_again(const Error& error) const;
  bool may_afford(const Error& error) const;
  bool retry(const Error& error);
  void append_debug_fields(std::string& out) const;
  void fail(Error error);
  void fail_with(std::uint16_t status, ErrorType type, Side side, Phase phase,
                 std::string_view detail);
  void answer(std::uint16_t status, std::string_view error_type, std::string_view text,
              std::string_view type = "text/plain; charset=utf-8");
  bool wants_canonical_names() const;
  /// Whether a Date is among them.
  bool append_fields(std::string& out, const http::Fields& fields) const;
  Error departure() const;
  std::string in_mid_response() const;
  Duration stands_still_for(Duration patience) const;
  void append_response_head(const http::ResponseHead& head, const http::BodyFraming& framing);
  void append_body_framing(const http::ResponseHead& head, const http::BodyFraming& framing);
  void note_login(const http::ResponseHead& head, const http::BodyFraming& framing);
  bool response_has_body(std::uint16_t status) const;
  std::string named_origin() const;
  void cancel_stream();
  void drop_attempt();
  void drop_answer();
  bool client_owes() const;
  void watch_progress();
  void on_timer();
  void log();
  void count();
  void reset();

  ProxyContext& context_;
  std::shared_ptr<const config::Config> config_;
  config::Timeouts timeouts_;  ///< of the origin, as the pool had them
  ClientSession* client_ = nullptr;
  Timer timer_;

  // The request.
  std::string head_bytes_;  ///< what the views of request_ are of
  http::RequestHead request_;
  std::string authority_;
  std::string path_;           ///< only where the target needs a slash before it
  std::string forwards_left_;  ///< Max-Forwards as the origin gets it; empty: as the client sent it
  std::string upgrade_;        ///< what the connection is to become; empty: nothing else
  std::string request_id_;
  std::string trailer_bytes_;
  http::Fields trailers_;
  http::OutgoingRequest outgoing_;
  RequestBody body_;
  bool idempotent_ = false;
  RateWatch sending_;  ///< of the client, while it owes body bytes
  bool expects_continue_ = false;
  bool awaits_permission_ = false;  ///< the client, for the origin's 100
  bool debug_ = false;              ///< the client asks how it went (X-Ccnproxy-Debug)
  bool login_ = false;              ///< its credentials log the origin's connection in

  // The attempt.
  origin::Origin origin_;
  pool::OriginPool* pool_ = nullptr;  ///< entered, so that it outlives the exchange
  origin::OriginStream* stream_ = nullptr;
  DedicatedConnection* dedicated_ = nullptr;  ///< the client's own that it is on or waits for
  bool bound_ = false;                        ///< that one is bound to the client's connection
  ConnectionLease place_;                     ///< a tunnel's, which is a place in pool_, too
  std::uint64_t connection_serial_ = 0;
  bool body_end_sent_ = false;
  std::unique_ptr<Hedge> hedge_;      ///< from the first request on that may have one
  std::shared_ptr<Exchange*> asked_;  ///< while the statistics are awaited, instead of an attempt

  // The response.
  bool response_begun_ = false;    ///< a final head was put into the client's output
  bool response_flushed_ = false;  ///< and has been sent, at least in part
  bool chunked_ = false;
  bool keep_alive_ = true;
  bool body_expected_ = false;
  std::size_t credit_ = 0;  ///< body bytes that the client took and the origin was not told of
  std::optional<std::uint64_t> body_length_;

  // For the log.
  std::chrono::system_clock::time_point began_at_;
  TimePoint asked_pool_at_{};
  std::uint16_t status_ = 0;
  std::uint64_t bytes_out_ = 0;
  observe::Timings timings_;
  std::string origin_text_;
  std::string address_;
  std::optional<origin::Protocol> protocol_;
  bool reused_ = false;
  std::optional<observe::WaitResult> found_;
  std::uint32_t retries_ = 0;
  std::optional<Proof> retry_proof_;
  std::optional<Error> error_;
};

}  // namespace ccnproxy::proxy
