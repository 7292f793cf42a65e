#include "ccnproxy/origin/network_dialer.h"

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/origin/address_order.h"
#include "ccnproxy/origin/address_race.h"
#include "ccnproxy/origin/http1_connection.h"
#include "ccnproxy/origin/http2_connection.h"
#include "ccnproxy/origin/path_tuning.h"
#include "ccnproxy/origin/socket_options.h"
#include "ccnproxy/origin/soon.h"
#include "ccnproxy/origin/tls_address_probes.h"
#include "ccnproxy/tls/groups.h"
#include "ccnproxy/tls/tls_transport.h"

namespace ccnproxy::origin {
namespace {

/// An address that has not finished TLS after this, or five round trips, is left for the next.
constexpr Duration tls_patience = std::chrono::seconds(1);

/// Why this origin must not be looked for at this address.
std::string objection_to(const Endpoint& to, const DialContext& context, const Origin& origin,
                         const OriginSettings& settings) {
  const auto& exemption = settings.exemption;
  const bool exempt = exemption.holds(to, origin.scheme == Scheme::https);
  auto objection = context.access.objection(to, exempt);
  if (!objection.empty() && !exempt) objection += exemption.hint();
  return objection;
}

/// One dial: resolve, connect, handshake, each step begun by the one before. Outlived by the dialer
/// whose origin and settings it refers to, and by the pool's entry that it reports to.
class NetworkDial final : public Dial, private IoHandler {
 public:
  NetworkDial(const DialContext& context, const Origin& origin, const OriginSettings& settings,
              std::shared_ptr<PeerFacts> facts, ConnectionListener& listener,
              Delegate<void(DialResult)> on_result)
      : context_(context),
        origin_(origin),
        settings_(settings),
        facts_(std::move(facts)),
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
    is_stale_ = context_.resolver.is_stale(host());
    if (const auto* known = context_.resolver.cached(host())) return connect(*known);
    lookup_ = context_.resolver.resolve(host(), settings_.timeouts.dns, [this](auto addresses) {
      timings_.dns = end_of_phase();
      if (addresses) return connect(*addresses);
      auto error = addresses.error();
      explain(error);
      tell_lack(error);
      fail(std::move(error));
    });
  }

  /// c-ares does not tell that it had no descriptor for its socket.
  static void tell_lack(Error& error) {
    if (can_open_socket()) return;
    error.type = ErrorType::connection_limit_reached;
    error.side = Side::us;
    error.detail = "no descriptor for DNS (the limit of open files)";
  }

  void connect(const std::vector<Endpoint>& addresses) {
    const auto now = context_.connections.loop.now();
    auto least_used_first = addresses;  // of several, or in the order that DNS gave
    put_least_used_first(least_used_first);
    auto ordered = order_addresses(least_used_first, context_.health.is_v6_first(now));
    if (settings_.shares) put_least_used_first(ordered);
    for (auto& address : ordered) address = address.with_port(port());
    std::stable_partition(ordered.begin(), ordered.end(), [&](const auto& address) {
      return !facts_->is_suspect(address.to_string(), now);
    });
    use_.reset();
    if (!ordered.empty()) {
      first_ = ordered.front().to_string();
      use_.emplace(*facts_, first_);
    }
    race(std::move(ordered));
  }

  void put_least_used_first(std::vector<Endpoint>& addresses) const {
    std::stable_sort(addresses.begin(), addresses.end(), [&](const auto& a, const auto& b) {
      return facts_->uses_of(a.with_port(port()).to_string()) <
             facts_->uses_of(b.with_port(port()).to_string());
    });
  }

  bool permits(const Endpoint& to) {
    auto objection = objection_to(to, context_, origin_, settings_);
    if (objection.empty()) return true;
    objection_ = std::move(objection);
    return false;
  }

  void race(std::vector<Endpoint> addresses) {
    AddressRace::Options options;
    options.deadline = settings_.timeouts.connect;
    options.health = &context_.health;
    options.budget = context_.budget;
    options.permitted = [this](const Endpoint& to) { return permits(to); };
    candidates_ = addresses;
    tried_ = addresses;
    race_ = std::make_unique<AddressRace>(context_.connections.loop, std::move(addresses), options,
                                          [this](auto connected) {
                                            timings_.tcp += end_of_phase();
                                            if (!connected) return try_fresh(connected.error());
                                            secure(std::move(*connected));
                                          });
  }

  /// The addresses were those of an answer whose TTL has passed, and none took the connection: the
  /// name may have moved (F046). What has been tried is not tried again.
  void try_fresh(const Error& error) {
    if (!std::exchange(is_stale_, false)) return fail(error);
    lookup_ = context_.resolver.resolve_fresh(
        host(), settings_.timeouts.dns, [this, error](auto addresses) {
          timings_.dns += end_of_phase();
          if (!addresses) return fail(error);
          std::erase_if(*addresses, [&](const auto& address) {
            return std::find(tried_.begin(), tried_.end(), address.with_port(port())) !=
                   tried_.end();
          });
          if (addresses->empty()) return fail(error);
          connect(*addresses);
        });
  }

  /// Where addresses share, the one whose turn it was must not be tried first again and again.
  void note_failed_first() {
    if (settings_.shares && !tried_.empty())
      facts_->suspect(tried_.front().to_string(), context_.connections.loop.now());
  }

  void secure(Connected connected) {
    peer_ = connected.peer.to_string();
    if (connected.peer != tried_.front()) note_failed_first();
    std::erase(candidates_, connected.peer);
    rtt_ = round_trip_time(connected.fd.get());
    apply(connected.fd.get(), tuning_for(settings_.tcp, rtt_, context_.bbr_allowed));
    if (origin_.scheme == Scheme::http) {
      return finish(std::make_unique<tls::PlainTransport>(std::move(connected.fd)),
                    Protocol::http1);
    }
    try {
      tls_ = settings_.tls->connect(std::move(connected.fd), {origin_.host, origin_.port},
                                    context_.connections.buffers.cipher);
    } catch (const std::exception&) {
      return fail({ErrorType::proxy_internal_error, Side::us, Phase::tls, Proof::not_sent,
                   "TLS to " + origin_.host + " can't be set up"});
    }
    const bool wanted = facts_->only_http1 && settings_.tls->offers_http1();
    if (settings_.http1_only || wanted) tls_->offer_only_http1();
    const auto patience = std::max(tls_patience, rtt_ * 5);
    tls_deadline_ =
        candidates_.empty() ? settings_.timeouts.tls : std::min(settings_.timeouts.tls, patience);
    tls_timer_.set_after(tls_deadline_);
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
        on_tls_failed(tls_->handshake_error());
        break;
      case Handshake::done:
        on_handshake_done();
        break;
    }
  }

  void on_handshake_done() {
    tls_timer_.cancel();
    timings_.tls += end_of_phase();
    context_.connections.loop.unwatch(tls_->fd());
    const auto protocol = tls_->alpn() == "h2" ? Protocol::http2 : Protocol::http1;
    resumed_ = tls_->resumed();
    group_ = tls::group_name(tls_->group());
    if (tls_->shows_fault_of_large_hellos()) warn_of_large_hellos();
    finish(std::move(tls_), protocol);
  }

  void warn_of_large_hellos() const {
    if (!context_.warn) return;
    std::string text = origin_.to_string();
    text += " (" + peer_;
    text +=
        "): a ClientHello with a post-quantum key share (two packets) stayed without an answer, "
        "one without was answered: classic groups only for 10 minutes to an hour, then it is tried "
        "again; if that repeats, update what is in the way, or set tls.groups to [X25519, P-256] "
        "in an override";
    context_.warn(text);
  }

  void on_tls_timeout() {
    on_tls_failed({ErrorType::connection_timeout, Side::origin, Phase::tls, Proof::not_sent,
                   "the TLS handshake was not over within " + time_text(tls_deadline_) +
                       (tls_deadline_ < settings_.timeouts.tls ? "" : " (timeouts.tls)")});
  }

  /// A process that hangs or dies behind one of the addresses is no reason to fail.
  void on_tls_failed(Error error) {
    const bool of_this_address = error.type == ErrorType::connection_timeout ||
                                 error.type == ErrorType::connection_terminated;
    const bool goes_on = of_this_address && !candidates_.empty();
    if (goes_on || settings_.shares) facts_->suspect(peer_, context_.connections.loop.now());
    if (!goes_on) {
      tls_->blame_hello();  // an address that is left for another says little of the way
      return fail(std::move(error));
    }
    timings_.tls += end_of_phase();
    tls_timer_.cancel();
    tls_->close();
    tls_.reset();
    race(std::move(candidates_));
  }

  /// A timeout with the key that changes it.
  static void explain(Error& error) {
    if (error.type == ErrorType::dns_timeout) error.detail += " (timeouts.dns)";
  }

  /// How long each phase took that there was.
  std::string phases_text() const {
    std::string text;
    const auto add = [&](const char* phase, Duration time) {
      if (time > Duration(0)) text += (text.empty() ? "; " : ", ") + (phase + time_text(time));
    };
    add("dns ", timings_.dns);
    add("tcp ", timings_.tcp);
    add("tls ", timings_.tls);
    return text;
  }

  Duration end_of_phase() {
    const auto now = EventLoop::read_clock();
    return now - std::exchange(phase_began_, now);
  }

  void finish(std::unique_ptr<tls::Transport> transport, Protocol protocol) {
    ConnectionInfo info{++context_.last_serial,
                        protocol,
                        peer_,
                        timings_,
                        resumed_,
                        rtt_,
                        settings_.pool.ping,
                        settings_.tls && settings_.tls->offers_http1(),
                        group_};
    const auto& context = context_.connections;
    if (protocol == Protocol::http2) {
      on_result_(DialResult(std::make_unique<Http2Connection>(context, std::move(transport),
                                                              std::move(info), listener_, facts_)));
    } else {
      if (origin_.scheme == Scheme::https) make_probes();
      on_result_(DialResult(std::make_unique<Http1Connection>(context, std::move(transport),
                                                              std::move(info), listener_, facts_)));
    }
  }

  /// What they refer to is the dialer's, as the facts are.
  void make_probes() {
    if (facts_->probes) return;
    facts_->probes = std::make_unique<TlsAddressProbes>(
        TlsAddressProbes::Context{
            context_.connections.loop, context_.connections.buffers.cipher,
            [&context = context_, &origin = origin_, &settings = settings_](const Endpoint& to) {
              return objection_to(to, context, origin, settings).empty();
            },
            context_.budget},
        origin_, settings_);
  }

  void fail(Error error) {
    tls_timer_.cancel();
    if (tls_) tls_->close();
    tls_.reset();
    const bool dialled = error.type != ErrorType::destination_ip_prohibited;
    if (!dialled) error.detail += ", " + objection_;
    if (error.phase == Phase::tls) timings_.tls += end_of_phase();
    if (error.type == ErrorType::tls_alert_received && facts_->only_http1)
      error.detail += " (only http/1.1 was offered, as it had said HTTP_1_1_REQUIRED)";
    error.detail = origin_.to_string() + (peer_.empty() ? "" : " (" + peer_ + ")") + ": " +
                   error.detail + (dialled ? phases_text() : std::string());
    on_result_(DialResult(std::move(error)));
  }

  const DialContext& context_;
  const Origin& origin_;
  const OriginSettings& settings_;
  std::shared_ptr<PeerFacts> facts_;
  std::string first_;                  ///< the address that is tried first
  std::optional<PeerFacts::Use> use_;  ///< of that one
  ConnectionListener& listener_;
  Delegate<void(DialResult)> on_result_;
  TimePoint phase_began_;
  DialTimings timings_;
  std::string peer_;
  std::string objection_;        ///< to the last address that was prohibited
  bool is_stale_ = false;        ///< the addresses came from an answer whose TTL has passed
  std::vector<Endpoint> tried_;  ///< by the newest race
  std::unique_ptr<Lookup> lookup_;
  std::vector<Endpoint> candidates_;  ///< addresses that have not been tried with TLS
  std::unique_ptr<AddressRace> race_;
  std::unique_ptr<tls::TlsTransport> tls_;
  bool resumed_ = false;
  std::string_view group_;
  Duration rtt_{0};
  Duration tls_deadline_{0};
  Timer tls_timer_;
  Soon start_;
};

}  // namespace

NetworkDialer::NetworkDialer(std::shared_ptr<const DialContext> context, Origin origin,
                             std::shared_ptr<const OriginSettings> settings)
    : place_(std::make_shared<Place>(
          Place{std::move(context), std::move(origin), std::move(settings)})) {}

std::unique_ptr<Dial> NetworkDialer::dial(ConnectionListener& listener,
                                          Delegate<void(DialResult)> on_result) {
  return std::make_unique<NetworkDial>(*place_->context, place_->origin, *place_->settings,
                                       std::shared_ptr<PeerFacts>(place_, &place_->facts), listener,
                                       on_result);
}

/// With `connect_to` the address is the operator's, not DNS's, unless that is a name.
bool NetworkDialer::is_withdrawn(const std::string& address) {
  const auto& host =
      place_->settings->connect_host.empty() ? place_->origin.host : place_->settings->connect_host;
  const auto endpoint = Endpoint::parse(address);
  return endpoint && place_->context->resolver.is_withdrawn(host, *endpoint);
}

bool NetworkDialer::is_prohibited(const std::string& address) {
  const auto endpoint = Endpoint::parse(address);
  return endpoint &&
         !objection_to(*endpoint, *place_->context, place_->origin, *place_->settings).empty();
}

/// Those under suspicion are tried last: a dial that is to reach them would not.
DialAddresses NetworkDialer::addresses() {
  const auto& host =
      place_->settings->connect_host.empty() ? place_->origin.host : place_->settings->connect_host;
  const auto port =
      place_->settings->connect_port ? place_->settings->connect_port : place_->origin.port;
  const auto* known = place_->context->resolver.cached(host);
  DialAddresses addresses;
  if (!known) return addresses;
  for (const auto& address : *known) {
    const auto text = address.with_port(port).to_string();
    if (place_->facts.is_suspect(text, place_->context->connections.loop.now())) continue;
    ++addresses.known;
    addresses.unused += place_->facts.uses_of(text) == 0 ? 1 : 0;
  }
  return addresses;
}

void NetworkDialer::offer_only_http1(bool only) { place_->facts.only_http1 = only; }

std::uint32_t NetworkDialer::stream_limit() const { return place_->facts.stream_limit; }

void NetworkDialer::recall_stream_limit(std::uint32_t limit) {
  place_->facts.stream_limit = std::max<std::uint32_t>(1, limit);
}

}  // namespace ccnproxy::origin
