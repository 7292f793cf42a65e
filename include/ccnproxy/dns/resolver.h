#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "ccnproxy/base/error.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/dns/dns_cache.h"
#include "ccnproxy/dns/dns_channel.h"
#include "ccnproxy/dns/file_stamp.h"
#include "ccnproxy/dns/hosts_file.h"
#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/net/ip_address.h"
#include "ccnproxy/net/scoped_deferred_call.h"

namespace ccnproxy::dns {

class NameQuery;

/// One caller's wait for a name. Destroying it cancels: the callback is not called any more. The
/// question itself goes on, for others and for the cache.
class Lookup {
 public:
  virtual ~Lookup() = default;
};

/// Where the system keeps what concerns names, and how often, at most, a lookup looks whether it
/// has changed. Tests use others.
struct SystemFiles {
  std::string resolv_conf = "/etc/resolv.conf";
  std::uint16_t dns_port = 53;  ///< of the servers in resolv_conf, which has no way to say it
  std::string hosts = "/etc/hosts";
  Duration check_every = std::chrono::seconds(5);
};

/// What a resolver has done so far.
struct DnsCounters {
  std::uint64_t queries = 0;        ///< names asked of DNS (A and AAAA together are one)
  std::uint64_t failures = 0;       ///< of these, those that ended without an address
  std::uint64_t stale_answers = 0;  ///< times that addresses were given whose TTL had passed
  std::uint64_t refreshes = 0;      ///< of `queries`, those that no lookup waited for
};

/// Finds the addresses of names: literals, /etc/hosts, a cache by TTL, then DNS (c-ares). Absolute
/// names only: no search list turns a name into another. One for each worker, on its event loop and
/// its thread; never blocks on the network. Must outlive its lookups.
///
/// Addresses whose TTL has passed are given at once for `dns.stale` more, while DNS is asked
/// behind: lookups of a name that is used regularly never wait for DNS again, and do not notice
/// when it fails for a while. A name without lookups is not asked of DNS either. The addresses of a
/// name are a set with hysteresis (AddressSet). See docs/dns-resolution.md.
///
/// Names are in the form of Origin::host: lower case, no trailing dot, IPv6 without brackets.
class Resolver {
 public:
  /// On success at least one address, all with port 0, in the order to dial (see cached()).
  using Callback = std::function<void(Result<std::vector<Endpoint>>)>;

  /// Questions in flight, one a name. More are refused: a flood of names that DNS does not answer
  /// must not take memory without end.
  static constexpr std::size_t max_queries = 4096;
  /// No refresh is begun with so many in flight: the rest is for lookups that wait.
  static constexpr std::size_t max_queries_to_refresh = max_queries / 2;

  /// Throws std::invalid_argument if one of `options.servers` is no address, std::runtime_error if
  /// c-ares can't be set up.
  Resolver(EventLoop& loop, const config::Dns& options, SystemFiles files = {},
           AddressPatience patience = {});
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  /// Other servers and times from now on, for what is asked and answered from now on; questions
  /// in flight are asked again where the servers are others. Throws as the constructor does, and
  /// nothing is changed then.
  void adopt(const config::Dns& options);

  /// The addresses, if they are known, fresh or stale; else nullptr, for a cached failure too. In
  /// the order to dial: the newest answer's first, then others of the set. Stale ones are asked for
  /// in the background, once at a time a name, and with a back-off while that fails. Valid until
  /// the resolver is next used or the turn of the loop ends.
  const std::vector<Endpoint>* cached(std::string_view host);

  /// Whether a connection to `address` (its port does not count), which was found for `host`,
  /// should be replaced: DNS has left the address out for long enough (AddressSet), or the hosts
  /// file has now others. Never where nothing is known, nor for a literal. Asked regularly this
  /// keeps the name's answer fresh: like cached(), it asks DNS in the background when the TTL has
  /// passed.
  bool is_withdrawn(std::string_view host, const Endpoint& address);

  /// Whether cached() would give addresses whose TTL has passed. If none of them can be connected
  /// to, the name may have moved: resolve_fresh() knows.
  bool is_stale(std::string_view host);

  const DnsCounters& counters() const noexcept { return counters_; }

  /// Answers through `callback`, once, later than this call and at most about `deadline` later,
  /// from the loop. Lookups of a name whose question is in flight share it. The callback may
  /// destroy its own lookup and others, and ask again.
  ///
  /// Errors (Side::origin, Phase::dns, Proof::not_sent): dns_timeout if nothing was heard in time,
  /// else dns_error; `detail` names the host and what DNS said.
  [[nodiscard]] std::unique_ptr<Lookup> resolve(const std::string& host, Duration deadline,
                                                Callback callback);

  /// As resolve(), but waits for DNS where there is only a stale answer: for another try after the
  /// addresses of that have all failed. Fails at once while the back-off after a failed question
  /// lasts.
  [[nodiscard]] std::unique_ptr<Lookup> resolve_fresh(const std::string& host, Duration deadline,
                                                      Callback callback);

 private:
  using Outcome = Result<std::vector<Endpoint>>;
  class Waiter;
  struct Flight;  ///< a NameQuery and the lookups that wait for it
  struct Ready;   ///< a list of waiters; here because Waiter is not known yet
  using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
  using WaiterHook = boost::intrusive::list_base_hook<AutoUnlink>;

  std::unique_ptr<DnsChannel> make_channel(const std::vector<Endpoint>& servers) const;
  const std::vector<Endpoint>* find_without_dns(std::string_view host);
  void check_files();
  void refresh(std::string_view host);
  Flight& start_flight(const std::string& host);
  void join(const std::string& host, Waiter& waiter);
  void answer(Waiter& waiter, std::shared_ptr<const Outcome> outcome);
  void on_expiry(Waiter& waiter);
  void on_progress() { work_.ask(); }
  void work();
  bool settle(Flight& flight);
  void settle_with(Flight& flight, Outcome outcome);
  void tell();

  EventLoop& loop_;
  std::vector<Endpoint> servers_;  ///< empty: the system's
  SystemFiles files_;
  FileStamp resolv_conf_stamp_;
  TimePoint files_checked_;
  HostsFile hosts_;
  DnsCache cache_;
  std::vector<Endpoint> literal_;  ///< what cached() last read from a literal
  std::unordered_map<std::string, std::unique_ptr<Flight>> flights_;
  std::unique_ptr<Ready> ready_;  ///< the waiters whose outcome is known
  DnsCounters counters_;
  ScopedDeferredCall work_;
  std::unique_ptr<DnsChannel> channel_;  ///< last: its end tells the queries
};

}  // namespace ccnproxy::dns
