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
#include "ccnproxy/base/event_loop.h"
#include "ccnproxy/base/ip_address.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/origin/dns_cache.h"
#include "ccnproxy/origin/dns_channel.h"
#include "ccnproxy/origin/file_stamp.h"
#include "ccnproxy/origin/hosts_file.h"
#include "ccnproxy/origin/soon.h"

namespace ccnproxy::origin {

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

/// Finds the addresses of names: literals, /etc/hosts, a cache by TTL, then DNS (c-ares). Absolute
/// names only: no search list turns a name into another. One for each worker, on its event loop and
/// its thread; never blocks on the network. Must outlive its lookups.
///
/// Names are in the form of Origin::host: lower case, no trailing dot, IPv6 without brackets.
class Resolver {
 public:
  /// On success at least one address, all with port 0, in the order that DNS gave.
  using Callback = std::function<void(Result<std::vector<Endpoint>>)>;

  /// Questions in flight, one a name. More are refused: a flood of names that DNS does not answer
  /// must not take memory without end.
  static constexpr std::size_t max_queries = 4096;

  /// Throws std::invalid_argument if one of `options.servers` is no address, std::runtime_error if
  /// c-ares can't be set up.
  Resolver(EventLoop& loop, const config::Dns& options, SystemFiles files = {});
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  /// The addresses, if they are known without asking anybody; else nullptr, for a cached failure
  /// too. Valid until the resolver is next used or the turn of the loop ends.
  const std::vector<Endpoint>* cached(std::string_view host);

  /// Answers through `callback`, once, later than this call and at most about `deadline` later,
  /// from the loop. Lookups of a name whose question is in flight share it. The callback may
  /// destroy its own lookup and others, and ask again.
  ///
  /// Errors (Side::origin, Phase::dns, Proof::not_sent): dns_timeout if nothing was heard in time,
  /// else dns_error; `detail` names the host and what DNS said.
  [[nodiscard]] std::unique_ptr<Lookup> resolve(const std::string& host, Duration deadline,
                                                Callback callback);

 private:
  using Outcome = Result<std::vector<Endpoint>>;
  class Waiter;
  struct Flight;  ///< a NameQuery and who waits for it
  struct Ready;   ///< a list of waiters; here because Waiter is not known yet
  using AutoUnlink = boost::intrusive::link_mode<boost::intrusive::auto_unlink>;
  using WaiterHook = boost::intrusive::list_base_hook<AutoUnlink>;

  std::unique_ptr<DnsChannel> make_channel() const;
  void check_files();
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
  Soon work_;
  std::unique_ptr<DnsChannel> channel_;  ///< last: its end tells the queries
};

}  // namespace ccnproxy::origin
