#include "ccnproxy/dns/resolver.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ccnproxy/base/quantity_text.h"

#include "name_query.h"

namespace ccnproxy::dns {
namespace {

using NoSizeKept = boost::intrusive::constant_time_size<false>;

constexpr std::uint16_t default_dns_port = 53;

std::vector<Endpoint> parse_servers(const std::vector<std::string>& texts) {
  std::vector<Endpoint> servers;
  for (const auto& text : texts) {
    auto server = Endpoint::from_literal(text, default_dns_port);
    if (!server) server = Endpoint::parse(text);
    if (!server) throw std::invalid_argument("not the address of a DNS server: " + text);
    servers.push_back(*server);
  }
  return servers;
}

Error dns_failure(ErrorType type, Side side, std::string detail) {
  return {type, side, Phase::dns, Proof::not_sent, std::move(detail)};
}

Error too_late(const std::string& host, Duration deadline) {
  return dns_failure(ErrorType::dns_timeout, Side::origin,
                     host + ": no answer from the DNS servers within " + time_text(deadline));
}

}  // namespace

class Resolver::Waiter final : public Lookup, public WaiterHook {
 public:
  Waiter(Resolver& resolver, std::string host, Duration deadline, Callback callback)
      : resolver_(resolver),
        host_(std::move(host)),
        deadline_(deadline),
        callback_(std::move(callback)),
        timer_(resolver.loop_.timers(), Delegate<void()>::to<&Waiter::on_expiry>(this)) {
    timer_.set_after(deadline);
  }

  const std::string& host() const noexcept { return host_; }
  Duration deadline() const noexcept { return deadline_; }

  void set_outcome(std::shared_ptr<const Outcome> outcome) {
    timer_.cancel();
    outcome_ = std::move(outcome);
  }
  /// May destroy this.
  void tell() {
    const auto callback = std::move(callback_);
    const auto outcome = std::move(outcome_);
    callback(*outcome);
  }

 private:
  void on_expiry() { resolver_.on_expiry(*this); }

  Resolver& resolver_;
  std::string host_;
  Duration deadline_;
  Callback callback_;
  std::shared_ptr<const Outcome> outcome_;  ///< shared by all lookups that waited for one question
  Timer timer_;
};

struct Resolver::Ready {
  boost::intrusive::list<Waiter, NoSizeKept> waiters;
};

struct Resolver::Flight {
  Flight(TimerWheel& timers, const std::string& name, Delegate<void()> on_progress)
      : query(timers, name, on_progress) {}
  NameQuery query;
  bool has_answered = false;  ///< with addresses; what is still asked only adds to them
  boost::intrusive::list<Waiter, NoSizeKept> waiters;
};

Resolver::Resolver(EventLoop& loop, const config::Dns& options, SystemFiles files,
                   AddressPatience patience)
    : loop_(loop),
      servers_(parse_servers(options.servers)),
      files_(std::move(files)),
      resolv_conf_stamp_(FileStamp::of(files_.resolv_conf)),
      files_checked_(loop.now()),
      hosts_(files_.hosts),
      cache_(loop, {.min_ttl = options.min_ttl,
                    .max_ttl = options.max_ttl,
                    .stale = options.stale,
                    .patience = patience}),
      ready_(std::make_unique<Ready>()),
      work_(loop, Delegate<void()>::to<&Resolver::work>(this)),
      channel_(make_channel(servers_)) {}

Resolver::~Resolver() = default;

std::unique_ptr<DnsChannel> Resolver::make_channel(const std::vector<Endpoint>& servers) const {
  return std::make_unique<DnsChannel>(loop_, servers, files_.resolv_conf, files_.dns_port);
}

void Resolver::adopt(const config::Dns& options) {
  auto servers = parse_servers(options.servers);
  if (servers != servers_) {
    resolv_conf_stamp_ = FileStamp::of(files_.resolv_conf);
    channel_ = make_channel(servers);
    servers_ = std::move(servers);
  }
  cache_.set_times(options.min_ttl, options.max_ttl, options.stale);
}

const std::vector<Endpoint>* Resolver::find_without_dns(std::string_view host) {
  if (const auto literal = Endpoint::from_literal(host, 0)) {
    literal_.assign(1, *literal);
    return &literal_;
  }
  check_files();
  return hosts_.find(host);
}

bool Resolver::is_stale(std::string_view host) {
  if (find_without_dns(host) != nullptr) return false;
  return cache_.addresses(host) != nullptr && !cache_.is_fresh(host);
}

const std::vector<Endpoint>* Resolver::cached(std::string_view host) {
  if (const auto* addresses = find_without_dns(host)) return addresses;
  const auto* addresses = cache_.addresses(host);
  if (addresses != nullptr && !cache_.is_fresh(host)) {
    ++counters_.stale_answers;
    refresh(host);
  }
  return addresses;
}

bool Resolver::is_withdrawn(std::string_view host, const Endpoint& address) {
  if (Endpoint::from_literal(host, 0)) return false;
  check_files();
  const auto bare = address.with_port(0);
  if (const auto* addresses = hosts_.find(host)) {
    return std::find(addresses->begin(), addresses->end(), bare) == addresses->end();
  }
  refresh(host);
  return cache_.is_withdrawn(host, bare);
}

std::unique_ptr<Lookup> Resolver::resolve(const std::string& host, Duration deadline,
                                          Callback callback) {
  auto waiter = std::make_unique<Waiter>(*this, host, deadline, std::move(callback));
  if (const auto* addresses = cached(host)) {
    answer(*waiter, std::make_shared<Outcome>(*addresses));
  } else if (const auto* failure = cache_.failure(host)) {
    answer(*waiter, std::make_shared<Outcome>(*failure));
  } else {
    join(host, *waiter);
  }
  return waiter;
}

std::unique_ptr<Lookup> Resolver::resolve_fresh(const std::string& host, Duration deadline,
                                                Callback callback) {
  if (!is_stale(host)) return resolve(host, deadline, std::move(callback));
  auto waiter = std::make_unique<Waiter>(*this, host, deadline, std::move(callback));
  const auto* failure = cache_.last_failure(host);
  if (failure != nullptr && !flights_.contains(host)) {
    answer(*waiter, std::make_shared<Outcome>(*failure));
  } else {
    join(host, *waiter);
  }
  return waiter;
}

/// Asks DNS for a name that no lookup waits for, if that is due.
void Resolver::refresh(std::string_view host) {
  if (!cache_.is_due(host) || flights_.size() >= max_queries_to_refresh) return;
  const std::string name(host);
  if (flights_.contains(name)) return;
  ++counters_.refreshes;
  start_flight(name).query.start(*channel_);
}

Resolver::Flight& Resolver::start_flight(const std::string& host) {
  ++counters_.queries;
  const auto progress = Delegate<void()>::to<&Resolver::on_progress>(this);
  auto& flight = flights_[host];
  flight = std::make_unique<Flight>(loop_.timers(), host, progress);
  return *flight;
}

/// Lets the waiter share the question for its name, which is asked if it was not yet.
void Resolver::join(const std::string& host, Waiter& waiter) {
  const auto found = flights_.find(host);
  if (found != flights_.end()) {
    // One family has come and maybe left the cache again, the other is not in sight: no reason to
    // wait for it now if no lookup waited before.
    auto& flight = *found->second;
    if (!flight.has_answered) return flight.waiters.push_back(waiter);
    return answer(waiter, std::make_shared<Outcome>(flight.query.addresses()));
  }
  if (flights_.size() >= max_queries) {
    return answer(waiter, std::make_shared<Outcome>(
                              dns_failure(ErrorType::dns_error, Side::us,
                                          host + ": too many names are being looked up")));
  }
  auto& flight = start_flight(host);
  flight.waiters.push_back(waiter);
  flight.query.start(*channel_);
}

void Resolver::answer(Waiter& waiter, std::shared_ptr<const Outcome> outcome) {
  waiter.set_outcome(std::move(outcome));
  if (waiter.is_linked()) waiter.unlink();
  ready_->waiters.push_back(waiter);
  work_.ask();
}

void Resolver::on_expiry(Waiter& waiter) {
  const auto found = flights_.find(waiter.host());
  auto addresses =
      found == flights_.end() ? std::vector<Endpoint>() : found->second->query.addresses();
  if (!addresses.empty()) return answer(waiter, std::make_shared<Outcome>(std::move(addresses)));
  answer(waiter, std::make_shared<Outcome>(too_late(waiter.host(), waiter.deadline())));
}

void Resolver::work() {
  for (auto next = flights_.begin(); next != flights_.end();) {
    const auto flight = next++;
    if (flight->second->query.has_news() && settle(*flight->second)) flights_.erase(flight);
  }
  tell();
}

/// Acts on what came; says whether the question is over.
bool Resolver::settle(Flight& flight) {
  auto& query = flight.query;
  query.mark_seen();
  const bool is_wanted = !flight.waiters.empty();
  // The waiters' deadlines, not the number of tries, say how long a silent DNS is asked.
  if (query.is_interrupted() || (query.is_unanswered() && is_wanted)) query.start(*channel_);
  if (query.has_addresses()) {
    const auto answers = query.take_answers();
    flight.has_answered = true;
    if (!answers.empty()) settle_with(flight, cache_.put(query.name(), answers, query.ttl()));
  } else if (query.is_done()) {
    ++counters_.failures;
    cache_.put_failure(query.name(), query.failure(), query.failure_ttl());
    settle_with(flight, query.failure());
  }
  return query.is_done();
}

void Resolver::settle_with(Flight& flight, Outcome outcome) {
  const auto shared = std::make_shared<const Outcome>(std::move(outcome));
  while (!flight.waiters.empty()) answer(flight.waiters.front(), shared);
}

void Resolver::tell() {
  boost::intrusive::list<Waiter, NoSizeKept> waiters;
  waiters.swap(ready_->waiters);
  while (!waiters.empty()) {
    auto& waiter = waiters.front();
    waiters.pop_front();
    waiter.tell();
  }
}

/// resolv.conf is what DHCP clients and VPNs rewrite under a running daemon. Questions in flight
/// are asked again of the new servers.
void Resolver::check_files() {
  if (loop_.now() - files_checked_ < files_.check_every) return;
  files_checked_ = loop_.now();
  hosts_.refresh();
  const auto stamp = FileStamp::of(files_.resolv_conf);
  if (!servers_.empty() || stamp == resolv_conf_stamp_) return;
  resolv_conf_stamp_ = stamp;
  try {
    channel_ = make_channel(servers_);
  } catch (const std::runtime_error&) {
    resolv_conf_stamp_ = {};  // the old channel goes on; looked at again next time
  }
}

}  // namespace ccnproxy::dns
