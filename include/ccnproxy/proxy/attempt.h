#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/pool/stream_waiter.h"
#include "ccnproxy/proxy/dedicated_connection.h"
#include "ccnproxy/proxy/departure.h"
#include "ccnproxy/proxy/hedge.h"
#include "ccnproxy/proxy/proxy_context.h"
#include "ccnproxy/proxy/request_body.h"
#include "ccnproxy/proxy/request_plan.h"

namespace ccnproxy::proxy {

class BoundConnections;
class ClientSession;
class Exchange;

/// One try to have a request answered by its origin: waits for a stream, of the pool or of a
/// connection that is the client's own, feeds it, and is its sink. What comes of it the exchange is
/// told, which may begin the next try.
///
/// Belongs to its exchange, on the worker's thread.
class Attempt final : public pool::StreamWaiter,
                      private origin::ResponseSink,
                      private HedgedRequest {
 public:
  /// The connection that it is, or was, on.
  struct Connection {
    std::uint64_t serial = 0;
    std::optional<origin::Protocol> protocol;
    std::string address;  ///< ip:port; empty if none was reached
    bool reused = false;  ///< it had carried a request before
  };

  Attempt(ProxyContext& context, Exchange& exchange) : context_(context), exchange_(exchange) {}
  ~Attempt() { drop(); }

  /// The attempts to come are another request's. `plan` outlives them.
  void reset(const RequestPlan& plan);
  /// Asks for a stream, at once or later, but not of the connection with the serial `avoid`.
  void begin(pool::OriginPool& pool, ClientSession& client, std::uint64_t avoid);
  /// Leaves the pool's queue and the connection, whichever it is in. Nothing more is told.
  void drop();
  /// The client gets no response by it: nor by a second attempt.
  void drop_hedge() {
    if (hedge_) hedge_->drop();
  }
  /// Goes on without its stream, which the caller is to cancel.
  origin::OriginStream& leave_stream();

  /// Gives the stream, if there is one, what of the body it has not got.
  void send(RequestBody& body);
  /// Of bytes that go by the body's memory: so many were taken.
  std::size_t pass(std::string_view bytes) { return stream_->write_body(bytes); }
  /// The client has taken `n` bytes of the response's body. `withhold`: the origin is told later.
  void on_client_took(std::size_t n, bool withhold);
  /// The request, or the response, of which so much is known has grown by that.
  void note_bulk(std::uint64_t before, std::uint64_t more);
  /// The answer may turn out to be late: another attempt may run beside this one.
  void watch_for_hedge();

  bool has_stream() const noexcept { return stream_ != nullptr; }
  bool takes_body() const { return !stream_ || stream_->takes_body(); }
  /// Has a stream that has not got all of the request.
  bool is_sending() const noexcept { return state_ == State::sending; }
  /// The whole request is in the connection's output.
  bool is_sent() const { return state_ == State::sent && stream_->sent(); }
  /// On a connection that is bound to the client's by a login.
  bool is_bound() const noexcept { return bound_; }
  /// What of a departure shows here.
  void describe(Departure& departure, TimePoint now) const;
  TimePoint asked_at() const noexcept { return asked_at_; }
  const Connection& connection() const noexcept { return connection_; }
  std::string_view hedged() const noexcept {
    return hedge_ ? to_string(hedge_->outcome()) : std::string_view();
  }
  /// Before what is said of it: `https://api.test (192.0.2.1:443)`.
  std::string target() const;

 private:
  enum class State : std::uint8_t {
    off,
    waiting,  ///< for a stream
    sending,  ///< has a stream, and not all of the body has gone into it
    sent,     ///< has a stream, and nothing more to give it
  };

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

  void become(State state, origin::OriginStream* stream = nullptr);
  bool begin_bound(ClientSession& client);
  void on_dialing(const Result<DedicatedConnection*>& dialed);
  void note_connection(const origin::OriginConnection& connection, bool reused);

  ProxyContext& context_;
  Exchange& exchange_;
  const RequestPlan* plan_ = nullptr;
  pool::OriginPool* pool_ = nullptr;
  State state_ = State::off;
  origin::OriginStream* stream_ = nullptr;    ///< while sending or sent
  DedicatedConnection* dedicated_ = nullptr;  ///< the client's own that it is on or waits for
  bool bound_ = false;                        ///< that one is bound to the client's connection
  TimePoint asked_at_{};
  Connection connection_;
  std::size_t credit_ = 0;  ///< body bytes that the client took and the origin was not told of
  std::unique_ptr<Hedge> hedge_;  ///< from the first request on that may have one
};

}  // namespace ccnproxy::proxy
