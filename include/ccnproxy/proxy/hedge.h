#pragma once

#include <memory>

#include "ccnproxy/http/outgoing_request.h"
#include "ccnproxy/net/timer.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/pool/origin_pool.h"
#include "ccnproxy/pool/stream_waiter.h"

namespace ccnproxy::proxy {

/// What made the first attempt of a request that is hedged.
class HedgedRequest {
 public:
  /// The second attempt counts from now on, and the first, if it still runs, no more. `connection`
  /// is the one that `stream` belongs to; `reused`: it had carried a request before.
  virtual void on_hedge_won(origin::OriginStream& stream, origin::OriginConnection& connection,
                            bool reused) = 0;

 protected:
  ~HedgedRequest() = default;
};

/// The second attempt of a request whose answer is late, on another connection that stands ready:
/// the first answer wins, the other attempt is cancelled. For requests that may be sent twice and
/// have no body.
///
/// Until it wins, nothing of it is seen; then all that its connection tells goes on to the sink of
/// the first attempt. Lives with its exchange, on the worker's thread.
class Hedge final : private pool::StreamWaiter, private origin::ResponseSink {
 public:
  enum class Outcome : std::uint8_t { none, lost, won };

  Hedge(TimerWheel& timers, HedgedRequest& first, origin::ResponseSink& answers);
  ~Hedge() { drop(); }

  /// The first attempt has been sent, on the connection with this serial. `pool` and `request` live
  /// until drop() or settle().
  void watch(pool::OriginPool& pool, const http::OutgoingRequest& request, std::uint64_t serial);
  /// There is an answer. If it is the first attempt's, the second one ends.
  void settle();
  /// The request is over.
  void drop();
  /// The first attempt has failed, or will: the second one goes on in its place. Whether there is
  /// one.
  bool take_over();
  /// The next request is another one.
  void forget() {
    drop();
    outcome_ = Outcome::none;
  }
  /// What became of a second attempt since watch().
  Outcome outcome() const noexcept { return outcome_; }

 private:
  enum class State : std::uint8_t {
    off,
    watching,  ///< the first attempt, whose answer may be late
    asked,     ///< both attempts run
    won,       ///< this is the one attempt
  };

  // pool::StreamWaiter
  void on_connection(origin::OriginConnection& connection, observe::WaitResult found) override;
  void on_no_connection(Error) override {}
  // origin::ResponseSink
  void on_informational(const http::ResponseHead& head) override;
  void on_response(const http::ResponseHead& head, const http::BodyFraming& framing) override;
  void on_body(std::string_view bytes) override;
  void on_flush() override;
  void on_complete(const http::Fields& trailers) override;
  void on_failure(Error error) override;
  void on_writable() override;
  void on_stalled(const Error& error) override;

  void on_late();
  void note_time();
  void win();
  void lose();

  const Clock& clock_;
  HedgedRequest& first_;
  origin::ResponseSink& answers_;
  Timer timer_;
  State state_ = State::off;
  Outcome outcome_ = Outcome::none;
  TimePoint sent_at_{};  ///< the first attempt
  std::uint64_t serial_ = 0;
  pool::OriginPool* pool_ = nullptr;
  const http::OutgoingRequest* request_ = nullptr;
  // While both attempts run.
  origin::OriginStream* stream_ = nullptr;
  origin::OriginConnection* connection_ = nullptr;
  bool reused_ = false;  ///< as connection_ was before stream_
};

/// "won", "lost" or nothing, as the access log has it.
std::string_view to_string(Hedge::Outcome outcome) noexcept;

}  // namespace ccnproxy::proxy
