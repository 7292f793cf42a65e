#pragma once

#include <chrono>
#include <optional>

#include "ccnproxy/pool/connection_set.h"
#include "ccnproxy/pool/pool_environment.h"

namespace ccnproxy::pool {

/// Which HTTP version a pool speaks with its origin, which may require HTTP/1.1 after it has chosen
/// HTTP/2 (HTTP_1_1_REQUIRED, RFC 9113 §7). On the worker's thread.
class ProtocolChoice {
 public:
  ProtocolChoice(PoolEnvironment& env, ConnectionSet& connections)
      : env_(env), connections_(connections) {}

  /// By the last connection of this pool.
  std::optional<origin::Protocol> spoken() const noexcept { return spoken_; }
  /// Here, or wherever the origin was heard from last.
  bool uses_http2() const noexcept;
  bool requires_http1() const { return env_.known().requires_http1(env_.now()); }

  void note(origin::Protocol protocol) noexcept;
  /// The origin says so, on this connection.
  void on_http1_required(const PooledConnection& c);
  /// A connection was made although the origin requires HTTP/1.1.
  void on_http2_connected(const PooledConnection& c);
  /// No HTTP/2 from now on: its connections end. Another worker may have heard of it. What is being
  /// dialled offers HTTP/1.1 alone if it has not come to TLS.
  void leave_http2();
  /// The origin's wish can't be met: better HTTP/2 for what it serves by that than nothing.
  void forget_requirement();
  /// What a former process knew.
  void recall_requirement(std::chrono::system_clock::time_point until);
  std::optional<std::chrono::system_clock::time_point> required_until() const;

 private:
  PoolEnvironment& env_;
  ConnectionSet& connections_;
  std::optional<origin::Protocol> spoken_;
};

}  // namespace ccnproxy::pool
