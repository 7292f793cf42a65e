#include "ccnproxy/origin/network_dialer.h"

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/net/coroutine.h"
#include "ccnproxy/net/socket_options.h"
#include "ccnproxy/origin/path_tuning.h"
#include "ccnproxy/tls/groups.h"
#include "ccnproxy/tls/tls_transport.h"

#include "address_order.h"
#include "happy_eyeballs.h"
#include "tls_address_probes.h"

namespace ccnproxy::origin {
namespace {

namespace asio = boost::asio;

/// An address that has not finished TLS after this, or five round trips, is left for the next.
constexpr Duration tls_patience = std::chrono::seconds(1);

/// Why this origin must not be looked for at this address.
std::string objection_to(const Endpoint& to, const DialContext& context, const Origin& origin,
                         const OriginSettings& settings) {
  const auto& exemption = settings.exemption;
  const bool exempt = exemption.holds(to, origin.scheme == Scheme::https);
  auto objection = context.acl.objection(to, exempt);
  if (!objection.empty() && !exempt) objection += exemption.hint();
  return objection;
}

/// One dial: resolve, connect, handshake. Outlived by the dialer whose origin and settings it
/// refers to, and by the pool's entry that it reports to.
class NetworkDial final : public Dial {
 public:
  NetworkDial(const DialContext& context, const Origin& origin, const OriginSettings& settings,
              std::shared_ptr<PeerState> facts, ConnectionListener& listener,
              Delegate<void(DialResult)> on_result)
      : context_(context),
        loop_(context.connections.loop),
        origin_(origin),
        settings_(settings),
        facts_(std::move(facts)),
        listener_(listener),
        on_result_(on_result),
        steps_(loop_) {
    steps_.start(run());
  }

 private:
  using Addresses = std::vector<Endpoint>;

  const std::string& host() const {
    return settings_.connect_host.empty() ? origin_.host : settings_.connect_host;
  }
  std::uint16_t port() const {
    return settings_.connect_port ? settings_.connect_port : origin_.port;
  }

  asio::awaitable<void> run() {
    phase_began_ = EventLoop::read_clock();
    auto result = co_await dial();
    if (!result) result = failure(result.error());
    on_result_(std::move(result));
  }

  asio::awaitable<DialResult> dial() {
    const bool is_stale = context_.resolver.is_stale(host());
    const auto known = co_await resolve();
    if (!known) co_return known.error();
    auto result = co_await dial_any(choose_order(*known));
    if (result || !is_stale || !none_connected_) co_return result;
    // The addresses were those of an answer whose TTL has passed: the name may have moved (F046).
    const auto others = co_await resolve_others();
    if (others.empty()) co_return result;
    co_return co_await dial_any(choose_order(others));
  }

  asio::awaitable<Result<Addresses>> resolve() {
    if (const auto* known = context_.resolver.cached(host())) co_return *known;
    const auto on_found = [this](Result<Addresses> found) { take(std::move(found)); };
    lookup_ = context_.resolver.resolve(host(), settings_.timeouts.dns, on_found);
    co_await steps_.notified();
    timings_.dns = end_of_phase();
    if (!found_) co_return explained(found_.error());
    co_return found_;
  }

  /// What has been tried is not tried again.
  asio::awaitable<Addresses> resolve_others() {
    const auto on_found = [this](Result<Addresses> found) { take(std::move(found)); };
    lookup_ = context_.resolver.resolve_fresh(host(), settings_.timeouts.dns, on_found);
    co_await steps_.notified();
    timings_.dns += end_of_phase();
    auto others = found_ ? std::move(*found_) : Addresses();
    std::erase_if(others, [&](const auto& address) {
      return std::find(tried_.begin(), tried_.end(), address.with_port(port())) != tried_.end();
    });
    co_return others;
  }

  void take(Result<Addresses> found) {
    found_ = std::move(found);
    steps_.notify();
  }

  /// A timeout with the key that changes it; and c-ares does not tell that it had no descriptor for
  /// its socket.
  static Error explained(Error error) {
    if (error.type == ErrorType::dns_timeout) error.detail += " (timeouts.dns)";
    if (can_open_socket()) return error;
    error.type = ErrorType::connection_limit_reached;
    error.side = Side::us;
    error.detail = "no descriptor for DNS (the limit of open files)";
    return error;
  }

  /// The least used first: of several, or in the order that DNS gave. Those under suspicion last.
  Addresses choose_order(Addresses addresses) {
    const auto now = loop_.now();
    put_least_used_first(addresses);
    auto ordered = order_addresses(addresses, context_.health.is_v6_first(now));
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
    return ordered;
  }

  void put_least_used_first(Addresses& addresses) const {
    std::stable_sort(addresses.begin(), addresses.end(), [&](const auto& a, const auto& b) {
      return facts_->uses_of(a.with_port(port()).to_string()) <
             facts_->uses_of(b.with_port(port()).to_string());
    });
  }

  /// A process that hangs or dies behind one of the addresses is no reason to fail.
  asio::awaitable<DialResult> dial_any(Addresses candidates) {
    for (;;) {
      tried_ = candidates;
      auto connected = co_await connect();
      none_connected_ = !connected;
      if (!connected) co_return connected.error();
      std::erase(candidates, connected->peer);
      apply(connected->fd.get(), tuning_for(settings_.tcp, rtt_, context_.bbr_allowed));
      if (origin_.scheme == Scheme::http) {
        co_return finish(std::make_unique<tls::PlainTransport>(std::move(connected->fd)),
                         info(Protocol::http1));
      }
      const auto error = co_await secure(std::move(connected->fd), candidates.empty());
      timings_.tls += end_of_phase();
      if (!error) co_return finish_over_tls();
      const bool of_this_address = error->type == ErrorType::connection_timeout ||
                                   error->type == ErrorType::connection_terminated;
      const bool goes_on = of_this_address && !candidates.empty();
      if (tls_ && (goes_on || settings_.shares)) facts_->suspect(peer_, loop_.now());
      if (!goes_on) {
        if (tls_)
          tls_->blame_hello();  // an address that is left for another says little of the way
        co_return *error;
      }
      tls_->close();
      tls_.reset();
    }
  }

  asio::awaitable<Result<Connected>> connect() {
    HappyEyeballs::Options options;
    options.deadline = settings_.timeouts.connect;
    options.health = &context_.health;
    options.budget = context_.budget;
    options.permitted = [this](const Endpoint& to) { return permits(to); };
    race_ = std::make_unique<HappyEyeballs>(loop_, steps_, tried_, std::move(options));
    auto connected = co_await race_->run();
    timings_.tcp += end_of_phase();
    if (connected) {
      peer_ = connected->peer.to_string();
      rtt_ = round_trip_time(connected->fd.get());
      // Where addresses share, the one whose turn it was must not be tried first again and again.
      if (settings_.shares && connected->peer != tried_.front())
        facts_->suspect(tried_.front().to_string(), loop_.now());
    }
    co_return connected;
  }

  bool permits(const Endpoint& to) {
    auto objection = objection_to(to, context_, origin_, settings_);
    if (objection.empty()) return true;
    objection_ = std::move(objection);
    return false;
  }

  /// Nothing, or why there is no TLS on it; without tls_ where that can't be set up.
  asio::awaitable<std::optional<Error>> secure(UniqueFd fd, bool is_last) {
    try {
      tls_ = settings_.tls->connect(std::move(fd), {origin_.host, origin_.port},
                                    context_.connections.buffers.cipher);
    } catch (const std::exception&) {
      co_return Error{ErrorType::proxy_internal_error, Side::us, Phase::tls, Proof::not_sent,
                      "TLS to " + origin_.host + " can't be set up"};
    }
    const bool wanted = facts_->only_http1 && settings_.tls->offers_http1();
    if (settings_.http1_only || wanted) tls_->offer_only_http1();
    const auto most = settings_.timeouts.tls;
    const auto patience = is_last ? most : std::min(most, std::max(tls_patience, rtt_ * 5));
    co_return co_await handshake(patience);
  }

  asio::awaitable<std::optional<Error>> handshake(Duration patience) {
    using Handshake = tls::TlsTransport::Handshake;
    const auto until = loop_.now() + patience;
    for (auto state = tls_->handshake(); state != Handshake::done; state = tls_->handshake()) {
      bool in_time = true;
      if (state == Handshake::failed) co_return tls_->handshake_error();
      if (state == Handshake::want_read) in_time = co_await steps_.readable(tls_->fd(), until);
      if (state == Handshake::want_write) in_time = co_await steps_.writable(tls_->fd(), until);
      if (!in_time) co_return too_late(patience);
    }
    co_return std::nullopt;
  }

  Error too_late(Duration patience) const {
    return {ErrorType::connection_timeout, Side::origin, Phase::tls, Proof::not_sent,
            "the TLS handshake was not over within " + time_text(patience) +
                (patience < settings_.timeouts.tls ? "" : " (timeouts.tls)")};
  }

  DialResult finish_over_tls() {
    auto made = info(tls_->alpn() == "h2" ? Protocol::http2 : Protocol::http1);
    made.tls_resumed = tls_->resumed();
    made.tls_group = tls::group_name(tls_->group());
    made.certificate_end = tls_->certificate_end();
    if (tls_->shows_fault_of_large_hellos()) warn_of_large_hellos();
    return finish(std::move(tls_), std::move(made));
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

  Duration end_of_phase() {
    const auto now = EventLoop::read_clock();
    return now - std::exchange(phase_began_, now);
  }

  ConnectionInfo info(Protocol protocol) const {
    ConnectionInfo made{++context_.last_serial, protocol, peer_, timings_};
    made.rtt = rtt_;
    made.ping = settings_.pool.ping;
    made.http1_offered = settings_.tls && settings_.tls->offers_http1();
    return made;
  }

  DialResult finish(std::unique_ptr<tls::Transport> transport, ConnectionInfo made) {
    const bool has_ping = made.protocol == Protocol::http2;
    if (!has_ping && origin_.scheme == Scheme::https) make_probes();
    return context_.make_connection(context_.connections, std::move(transport), std::move(made),
                                    listener_, facts_);
  }

  /// What they refer to is the dialer's, as the facts are.
  void make_probes() {
    if (facts_->probes) return;
    facts_->probes = std::make_unique<TlsAddressProbes>(
        TlsAddressProbes::Context{
            loop_, context_.connections.buffers.cipher,
            [&context = context_, &origin = origin_, &settings = settings_](const Endpoint& to) {
              return objection_to(to, context, origin, settings).empty();
            },
            context_.budget},
        origin_, settings_);
  }

  /// With the origin, the address, and how long each phase took.
  Error failure(Error error) {
    if (tls_) tls_->close();
    tls_.reset();
    const bool dialled = error.type != ErrorType::destination_ip_prohibited;
    if (!dialled) error.detail += ", " + objection_;
    if (error.type == ErrorType::tls_alert_received && facts_->only_http1)
      error.detail += " (only http/1.1 was offered, as it had said HTTP_1_1_REQUIRED)";
    error.detail = origin_.to_string() + (peer_.empty() ? "" : " (" + peer_ + ")") + ": " +
                   error.detail + (dialled ? phases_text() : std::string());
    return error;
  }

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

  const DialContext& context_;
  EventLoop& loop_;
  const Origin& origin_;
  const OriginSettings& settings_;
  std::shared_ptr<PeerState> facts_;
  std::string first_;                  ///< the address that is tried first
  std::optional<PeerState::Use> use_;  ///< of that one
  ConnectionListener& listener_;
  Delegate<void(DialResult)> on_result_;
  TimePoint phase_began_;
  DialTimings timings_;
  std::string peer_;
  std::string objection_;  ///< to the last address that was prohibited
  std::unique_ptr<dns::Lookup> lookup_;
  Result<Addresses> found_ = Addresses();  ///< by it
  Addresses tried_;                        ///< by the newest race
  std::unique_ptr<HappyEyeballs> race_;
  bool none_connected_ = false;  ///< in the newest race
  std::unique_ptr<tls::TlsTransport> tls_;
  Duration rtt_{0};
  Coroutine steps_;  ///< last: it ends before what it waits for
};

}  // namespace

NetworkDialer::NetworkDialer(std::shared_ptr<const DialContext> context, Origin origin,
                             std::shared_ptr<const OriginSettings> settings)
    : place_(std::make_shared<Place>(
          Place{std::move(context), std::move(origin), std::move(settings)})) {}

std::unique_ptr<Dial> NetworkDialer::dial(ConnectionListener& listener,
                                          Delegate<void(DialResult)> on_result) {
  return std::make_unique<NetworkDial>(*place_->context, place_->origin, *place_->settings,
                                       std::shared_ptr<PeerState>(place_, &place_->facts), listener,
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
