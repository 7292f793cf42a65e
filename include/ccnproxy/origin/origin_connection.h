#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/http/framing.h"
#include "ccnproxy/http/head.h"
#include "ccnproxy/http/outgoing_request.h"
#include "ccnproxy/net/deferred_delete.h"
#include "ccnproxy/net/path_counters.h"
#include "ccnproxy/tls/transport.h"

namespace ccnproxy::origin {

enum class Protocol : std::uint8_t { http1, http2 };
std::string_view to_string(Protocol) noexcept;  ///< "http/1.1", "h2": the ALPN names

/// HTTP/2 streams at once until the peer's SETTINGS say otherwise (RFC 9113 §6.5.2 recommends no
/// less than this).
inline constexpr std::uint32_t streams_before_settings = 100;

/// What dialing took; zero where a phase did not happen.
struct DialTimings {
  Duration dns{0};
  Duration tcp{0};
  Duration tls{0};
};

/// Facts of a connection that do not change.
struct ConnectionInfo {
  std::uint64_t serial = 0;  ///< never the same twice in a worker, never 0
  Protocol protocol = Protocol::http1;
  std::string address;  ///< ip:port of the peer
  DialTimings timings;
  bool tls_resumed = false;
  Duration rtt{0};            ///< what connecting took: one round trip
  bool ping = true;           ///< may be asked for a sign of life where it is at risk (`pool.ping`)
  bool http1_offered = true;  ///< the origin could have chosen HTTP/1.1 (`tls.alpn`)
  std::string_view tls_group = {};  ///< of the key exchange; part of the program; empty: none known
  /// When the origin's certificates end, seconds since 1970; nothing if none were verified.
  std::optional<std::time_t> certificate_end = {};
};

/// What an HTTP/1.1 origin said of when it will close (Keep-Alive: timeout=, max=).
struct AnnouncedLimits {
  std::optional<Duration> idle;
  std::optional<std::uint64_t> requests;  ///< in all, those carried included
};

/// Receiver of the response to one request. Called on the worker's thread, in this order:
/// any number of on_informational, one on_response, any number of on_body, then one of on_complete
/// or on_failure, after which the stream is gone. Bytes and heads are borrowed: they are valid
/// until the call returns, bodies until the on_flush, on_complete or on_failure that follows in the
/// same turn.
class ResponseSink {
 public:
  virtual void on_informational(const http::ResponseHead& head) = 0;
  /// `framing` says how long the body will be: none, a declared length, or unknown (chunked).
  virtual void on_response(const http::ResponseHead& head, const http::BodyFraming& framing) = 0;
  virtual void on_body(std::string_view bytes) = 0;
  /// Everything that one read of the connection brought has been told.
  virtual void on_flush() = 0;
  virtual void on_complete(const http::Fields& trailers) = 0;
  virtual void on_failure(Error error) = 0;
  /// The stream takes body bytes again after write_body() took less than it was given, or after
  /// takes_body() said no.
  virtual void on_writable() = 0;
  /// The connection gives no sign of life; `error` is what the request's failure would be. The sink
  /// may cancel the stream and go elsewhere, or go on waiting.
  virtual void on_stalled(const Error& error) = 0;
  /// Instead of a response, to a request that asked for it (OutgoingRequest::upgrade): the origin's
  /// 101. The connection is the sink's from now on, and `rest` was read of it already. Its
  /// descriptor is not watched. The stream is gone.
  virtual void on_upgrade(const http::ResponseHead& head,
                          std::unique_ptr<tls::Transport> connection, std::string_view rest);

 protected:
  ~ResponseSink() = default;
};

/// One request on one connection. Lent by the connection until it reports the end (see
/// ResponseSink) or cancel() is called; then the pointer is dead.
class OriginStream {
 public:
  /// Takes a prefix of `bytes` and says how long; less than all means: wait for on_writable().
  virtual std::size_t write_body(std::string_view bytes) = 0;
  /// Whether more of the body is to be read of the client now. Not while the socket is full: what
  /// is read then has to be kept, and costs two copies. No means: wait for on_writable().
  virtual bool takes_body() = 0;
  virtual void end_body(const http::Fields& trailers) = 0;
  /// The client has taken `n` body bytes: the origin may send as many more.
  virtual void consumed(std::size_t n) = 0;
  /// Forgets the request: RST_STREAM(CANCEL) on HTTP/2, the end of the connection on HTTP/1. The
  /// sink hears nothing more.
  virtual void cancel() = 0;
  /// Whether the whole request has gone from here into the connection's output.
  virtual bool sent() const = 0;

 protected:
  ~OriginStream() = default;
};

class OriginConnection;

/// Owner of connections (the pool). Called on the worker's thread.
class ConnectionListener {
 public:
  /// capacity() or is_draining() may have changed.
  virtual void on_capacity(OriginConnection& connection) = 0;
  /// The connection is over and all its streams have been told; it may be destroyed between turns.
  virtual void on_closed(OriginConnection& connection, std::string_view reason) = 0;
  /// The origin wants HTTP/1.1 instead (HTTP_1_1_REQUIRED, RFC 9113 §7), and `tls.alpn` has it. The
  /// requests that it refused hear of that afterwards.
  virtual void on_http1_required(OriginConnection& /*connection*/) {}

 protected:
  ~ConnectionListener() = default;
};

/// A connection that has been established, of either protocol. Knows nothing of pools. Destroyed
/// only between turns.
class OriginConnection : public DeferredDelete {
 public:
  virtual const ConnectionInfo& info() const = 0;
  /// How many streams could be opened now; computed, never stored. 0 once draining.
  virtual std::size_t capacity() const = 0;
  /// Requests in flight.
  virtual std::size_t streams() const = 0;
  /// Requests carried so far.
  virtual std::uint64_t requests() const = 0;
  /// Requests that got a final response's head so far.
  virtual std::uint64_t answers() const = 0;
  /// Bytes of responses so far, as they came out of TLS.
  virtual std::uint64_t received_bytes() const = 0;
  /// What the kernel knows of its path. Costs a system call.
  virtual PathCounters path_counters() const { return {}; }
  virtual AnnouncedLimits announced_limits() const { return {}; }
  /// The shortest time between two PINGs that it is sent; nothing where it is sent none.
  virtual std::optional<Duration> ping_interval() const { return std::nullopt; }
  /// It has given no sign of life although it should have: no new streams until it does.
  virtual bool is_suspicious() const = 0;
  /// Another connection to its address is suspicious: it is asked for a sign of life now, whether
  /// or not an answer is awaited, if it can be.
  virtual void check_alive() {}
  /// No new streams (GOAWAY, Connection: close, a limit, drain()); the open ones run to their end.
  virtual bool is_draining() const = 0;
  /// What the peer said when it began to end the connection, in words, bounded and printable;
  /// empty: nothing.
  virtual std::string_view farewell() const { return {}; }
  /// The origin ended it for how it was used (ENHANCE_YOUR_CALM): no limit of the origin's shows.
  virtual bool is_reproached() const { return false; }
  /// It ends because a request was given up (HTTP/1 has no other way to say so): its origin has
  /// done nothing.
  virtual bool is_given_up() const { return false; }
  /// Opens a stream; capacity() must be at least 1. `request` and `sink` must live as long as the
  /// stream. Output goes out at the end of the turn.
  virtual OriginStream& open(const http::OutgoingRequest& request, ResponseSink& sink) = 0;
  /// No new streams; on_closed follows when the last has ended, at once if there is none.
  virtual void drain(std::string_view reason) = 0;
};

}  // namespace ccnproxy::origin
