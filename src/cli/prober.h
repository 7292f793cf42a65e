#pragma once

#include <memory>
#include <optional>
#include <string>

#include "ccnproxy/daemon/worker_config.h"
#include "ccnproxy/http2/worker_memory.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/origin/network_dialer.h"
#include "ccnproxy/origin/worker_buffers.h"
#include "ccnproxy/tls/handshake_facts.h"

namespace ccnproxy::cli {

/// The result of one request of `ccnproxy probe`: how its connection was made, and the answer or
/// the error.
struct ProbeResult {
  std::optional<origin::ConnectionInfo> connection;  ///< nothing where none was made
  std::optional<tls::HandshakeFacts> tls;            ///< nothing for an http:// origin
  std::uint16_t status = 0;
  Duration first_byte{0};  ///< from the request to the head of its response
  std::optional<Error> error;
};

/// Probes one origin: connects as a worker of the daemon would, with its resolver, settings and TLS
/// profile, and sends a HEAD for one target. Blocks; used by one thread. Keeps between its calls
/// what a worker would: DNS answers and TLS sessions.
class Prober final : private origin::ConnectionListener, private origin::ResponseSink {
 public:
  /// Throws std::runtime_error if the TLS profile can't be loaded or DNS can't be set up.
  Prober(const daemon::WorkerConfig& worker_config, origin::Origin origin,
         const std::string& target);
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;
  ~Prober();

  /// Opens a new connection in place of the last one, and sends a request on it.
  ProbeResult connect();
  /// Sends one more request on the last connection; no value if that takes no more.
  std::optional<ProbeResult> repeat();

 private:
  void on_dialed(origin::DialResult result);
  void ask();
  void on_response_timeout();
  void finish(std::optional<Error> error);
  void run_until_done();
  void close();

  // ConnectionListener
  void on_capacity(origin::OriginConnection&) override {}
  void on_closed(origin::OriginConnection&, std::string_view) override { closed_ = true; }

  // ResponseSink
  void on_informational(const http::ResponseHead&) override {}
  void on_response(const http::ResponseHead& head, const http::BodyFraming&) override;
  void on_body(std::string_view bytes) override { stream_->consumed(bytes.size()); }
  void on_flush() override {}
  void on_complete(const http::Fields&) override { finish(std::nullopt); }
  void on_failure(Error error) override { finish(std::move(error)); }
  void on_writable() override {}
  void on_stalled(const Error&) override {}  // its own deadline ends it

  std::string authority_;
  std::string target_;
  http::OutgoingRequest request_;
  origin::OriginSettings settings_;
  origin::AddressAcl acl_;
  ProbeResult result_;
  EventLoop loop_;
  origin::WorkerBuffers buffers_;
  http2::WorkerMemory http2_memory_;
  origin::FamilyHealth health_;
  std::uint64_t last_serial_ = 0;
  dns::Resolver resolver_;
  std::optional<origin::NetworkDialer> dialer_;
  Timer response_timer_;
  std::unique_ptr<origin::Dial> dial_;
  std::unique_ptr<origin::OriginConnection> connection_;
  origin::OriginStream* stream_ = nullptr;  ///< while a response is awaited
  TimePoint asked_;
  bool done_ = false;
  bool closed_ = false;
};

}  // namespace ccnproxy::cli
