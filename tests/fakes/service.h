#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "fakes/http2_frame.h"
#include "fakes/message.h"
#include "fakes/origin_connection.h"
#include "fakes/tally.h"

namespace ccnproxy::fakes {

/// How a Service behaves beyond its handler's answers. Numbers "so far" count over all connections.
struct ServiceOptions {
  std::size_t kept_body = 1 << 20;  ///< bytes of a request's body that Request::body keeps
  bool answer_early = false;        ///< call the handler when the head is there; ignore the body

  // HTTP/1
  std::size_t close_after = 0;  ///< close after so many requests of a connection; 0: never
  bool announce_close = true;   ///< the last response says `Connection: close`

  // HTTP/2
  h2::SettingsMap settings{};                  ///< our SETTINGS
  std::optional<std::uint32_t> max_streams{};  ///< enforced from the start: others are refused
  std::shared_ptr<Latch> announce_when{};      ///< SETTINGS are held until this is open
  Patience announce_after{0};                  ///< and so long after the connection began
  std::size_t refuse_first = 0;                ///< RST_STREAM(REFUSED_STREAM) to so many so far
  std::size_t goaway_after = 0;                ///< GOAWAY after so many streams of a connection
  std::shared_ptr<Latch> goaway_when{};        ///< GOAWAY to every connection once this opens
  bool warn_of_goaway = false;                 ///< last stream 2^31-1 first (RFC 9113 §6.8)
  std::uint32_t goaway_error = h2::NoError;
  bool return_windows = true;  ///< false: uploads stop when our windows are full
};

/// What a Service has seen so far.
struct ServiceStats {
  std::size_t connections = 0;
  std::size_t requests = 0;      ///< that the handler was asked
  std::size_t responses = 0;     ///< that were sent to their end
  std::size_t refused = 0;       ///< by `refuse_first`
  std::size_t over_limit = 0;    ///< streams beyond `max_streams`, refused
  std::size_t after_goaway = 0;  ///< streams above a GOAWAY's last stream, ignored
  std::size_t client_resets = 0;
  std::size_t pings = 0;
  std::size_t most_streams = 0;  ///< open at once on one connection
  std::size_t goaways = 0;       ///< final ones that were sent
};

/// A ready-made script for ScriptedOrigin: asks a handler for each response and sends it, over
/// HTTP/2 or HTTP/1.1 as ALPN says, with hundreds of streams at once and within their flow control.
///
///   Service service([](const Request&) { return Response{.body = "hi"}; });
///   ScriptedOrigin origin(options, service);
///
/// Copies share their state. The handler is called on each connection's own thread.
class Service {
 public:
  using Handler = std::function<Response(const Request&)>;

  explicit Service(Handler handler, ServiceOptions options = {});
  void operator()(OriginConnection& connection) const;

  ServiceStats stats() const;
  /// Waits until `reached` says so.
  ServiceStats wait_for(const std::string& awaited,
                        const std::function<bool(const ServiceStats&)>& reached,
                        Deadline deadline = {}) const;

  /// What the threads of a service share.
  struct Shared {
    Handler handler;
    ServiceOptions options;
    Tally<ServiceStats> stats;

    Response ask(const Request& request);
    /// True for the first `refuse_first` calls.
    bool refuses();
  };

 private:
  std::shared_ptr<Shared> shared_;
};

/// A handler that knows these targets, whatever the method:
///   /bytes/N   N bytes of pattern()        /status/N  that status
///   /echo      the request's body (kept)   /upload    Digest::summary() of the request's body
///   /head      the request's head as text: "METHOD target authority", then "name: value" lines
/// and answers 200 "ok" to all else.
Response standard_answers(const Request& request);

}  // namespace ccnproxy::fakes
