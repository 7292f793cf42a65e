#pragma once

#include "ccnproxy/pool/connection_set.h"
#include "ccnproxy/pool/dial_history.h"

namespace ccnproxy::pool {

/// The circuit breaker of an origin for the requests of one worker: tells it what timed out and
/// what was answered, and tells requests why they are refused. On the worker's thread.
class BreakerGate {
 public:
  BreakerGate(PoolEnvironment& env, const ConnectionSet& connections, const DialHistory& history)
      : env_(env), connections_(connections), history_(history) {}

  /// Why a request may not go to the origin now; nothing if it may.
  std::optional<Error> refusal() {
    return breaker().is_closed() ? std::nullopt : ask(connections_.any_open());
  }
  /// The same of one that needs a connection of its own.
  std::optional<Error> refusal_of_dial() {
    return breaker().is_closed() ? std::nullopt : ask(false);
  }
  /// A dial that began then has failed.
  void on_dial_failed(TimePoint began, const Error& error);
  void on_connected() { note_closed(breaker().on_dialed()); }
  /// A request has ended so; `asked` is when it asked for its last connection.
  void on_request_end(const Error* error, TimePoint asked);
  /// What was seen so far is no reason to refuse requests any more.
  void forget() { breaker().forget(); }
  /// Whole seconds until a request is admitted, at least one.
  std::uint32_t retry_after() const;

 private:
  CircuitBreaker& breaker() const noexcept { return env_.context.shared->breaker(); }
  std::optional<Error> ask(bool has_connection);
  void on_timeout(BreakerCause cause, TimePoint began);
  void note_closed(bool closed);

  PoolEnvironment& env_;
  const ConnectionSet& connections_;
  const DialHistory& history_;
};

}  // namespace ccnproxy::pool
