#include "ccnproxy/origin/network_dialer.h"

#include "ccnproxy/origin/address_order.h"
#include "ccnproxy/origin/address_race.h"
#include "ccnproxy/origin/http1_connection.h"
#include "ccnproxy/origin/http2_connection.h"
#include "ccnproxy/origin/soon.h"
#include "ccnproxy/tls/tls_transport.h"

namespace ccnproxy::origin {
namespace {

/// One dial: resolve, connect, handshake, each step begun by the one before. Outlived by the dialer
/// whose origin and settings it refers to, and by the pool's entry that it reports to.
class NetworkDial final : public Dial, private IoHandler {
 public:
  NetworkDial(const DialContext& context, const Origin& origin, const OriginSettings& settings,
              const std::shared_ptr<std::uint32_t>& stream_limit, ConnectionListener& listener,
              Delegate<void(DialResult)> on_result)
      : context_(context),
        origin_(origin),
        settings_(settings),
        stream_limit_(stream_limit),
        listener_(listener),
        on_result_(on_result),
        phase_began_(EventLoop::read_clock()),
        tls_timer_(context.connections.loop.timers(),
                   Delegate<void()>::to<&NetworkDial::on_tls_timeout>(this)),
        start_(context.connections.loop, Delegate<void()>::to<&NetworkDial::resolve>(this)) {
    start_.ask();
  }

 private:
  const std::string& host() const {
    return settings_.connect_host.empty() ? origin_.host : settings_.connect_host;
  }
  std::uint16_t port() const {
    return settings_.connect_port ? settings_.connect_port : origin_.port;
  }

  void resolve() {
    phase_began_ = EventLoop::read_clock();
    if (const auto* known = context_.resolver.cached(host())) return connect(*known);
    lookup_ = context_.resolver.resolve(host(), settings_.timeouts.dns, [this](auto addresses) {
      timings_.dns = end_of_phase();
      if (!addresses) return fail(addresses.error());
      connect(*addresses);
    });
  }

  void connect(const std::vector<Endpoint>& addresses) {
    const auto now = context_.connections.loop.now();
    auto ordered = order_addresses(addresses, context_.health.is_v6_first(now));
    for (auto& address : ordered) address = address.with_port(port());
    AddressRace::Options options;
    options.deadline = settings_.timeouts.connect;
    options.health = &context_.health;
    race_ = std::make_unique<AddressRace>(context_.connections.loop, std::move(ordered), options,
                                          [this](auto connected) {
                                            timings_.tcp = end_of_phase();
                                            if (!connected) return fail(connected.error());
                                            secure(std::move(*connected));
                                          });
  }

  void secure(Connected connected) {
    peer_ = connected.peer.to_string();
    if (origin_.scheme == Scheme::http) {
      return finish(std::make_unique<tls::PlainTransport>(std::move(connected.fd)),
                    Protocol::http1);
    }
    try {
      tls_ = settings_.tls->connect(std::move(connected.fd), origin_.host,
                                    context_.connections.buffers.cipher);
    } catch (const std::exception& e) {
      return fail(
          {ErrorType::proxy_internal_error, Side::us, Phase::tls, Proof::not_sent, e.what()});
    }
    tls_timer_.set_after(settings_.timeouts.tls);
    context_.connections.loop.watch(tls_->fd(), EPOLLOUT, *this);
    on_io(0);
  }

  void on_io(std::uint32_t) override {
    if (!tls_) return;
    using Handshake = tls::TlsTransport::Handshake;
    switch (tls_->handshake()) {
      case Handshake::want_read:
        context_.connections.loop.rewatch(tls_->fd(), EPOLLIN, *this);
        break;
      case Handshake::want_write:
        context_.connections.loop.rewatch(tls_->fd(), EPOLLOUT, *this);
        break;
      case Handshake::failed:
        fail(tls_->handshake_error());
        break;
      case Handshake::done:
        on_handshake_done();
        break;
    }
  }

  void on_handshake_done() {
    tls_timer_.cancel();
    timings_.tls = end_of_phase();
    context_.connections.loop.unwatch(tls_->fd());
    const auto protocol = tls_->alpn() == "h2" ? Protocol::http2 : Protocol::http1;
    resumed_ = tls_->resumed();
    finish(std::move(tls_), protocol);
  }

  void on_tls_timeout() {
    fail({ErrorType::connection_timeout, Side::origin, Phase::tls, Proof::not_sent,
          "the TLS handshake took longer than timeouts.tls"});
  }

  Duration end_of_phase() {
    const auto now = EventLoop::read_clock();
    return now - std::exchange(phase_began_, now);
  }

  void finish(std::unique_ptr<tls::Transport> transport, Protocol protocol) {
    ConnectionInfo info{++context_.last_serial, protocol, peer_, timings_, resumed_};
    const auto& context = context_.connections;
    if (protocol == Protocol::http2) {
      on_result_(DialResult(std::make_unique<Http2Connection>(
          context, std::move(transport), std::move(info), listener_, stream_limit_)));
    } else {
      on_result_(DialResult(std::make_unique<Http1Connection>(context, std::move(transport),
                                                              std::move(info), listener_)));
    }
  }

  void fail(Error error) {
    tls_timer_.cancel();
    if (tls_) tls_->close();
    tls_.reset();
    error.detail =
        origin_.to_string() + (peer_.empty() ? "" : " (" + peer_ + ")") + ": " + error.detail;
    on_result_(DialResult(std::move(error)));
  }

  const DialContext& context_;
  const Origin& origin_;
  const OriginSettings& settings_;
  const std::shared_ptr<std::uint32_t>& stream_limit_;
  ConnectionListener& listener_;
  Delegate<void(DialResult)> on_result_;
  TimePoint phase_began_;
  DialTimings timings_;
  std::string peer_;
  std::unique_ptr<Lookup> lookup_;
  std::unique_ptr<AddressRace> race_;
  std::unique_ptr<tls::TlsTransport> tls_;
  bool resumed_ = false;
  Timer tls_timer_;
  Soon start_;
};

}  // namespace

std::unique_ptr<Dial> NetworkDialer::dial(ConnectionListener& listener,
                                          Delegate<void(DialResult)> on_result) {
  return std::make_unique<NetworkDial>(context_, origin_, settings_, stream_limit_, listener,
                                       on_result);
}

}  // namespace ccnproxy::origin
