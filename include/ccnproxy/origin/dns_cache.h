#pragma once

#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/base/ip_address.h"

namespace ccnproxy::origin {

/// What DNS said lately, good or bad, by name. Bounded: the name that was asked for least recently
/// goes first. No I/O, no thread of its own; belongs to its thread. Names are compared as they are:
/// the caller normalises (lower case, no trailing dot).
class DnsCache {
 public:
  struct Options {
    /// A name's time to live is brought into these bounds: TTL 0 would ask for every connection,
    /// a TTL of a day would keep an address long after its owner left it.
    Duration min_ttl = std::chrono::seconds(1);
    Duration max_ttl = std::chrono::minutes(5);
    std::size_t names = 10'000;
  };

  struct Entry {
    std::vector<Endpoint> addresses;  ///< port 0; empty where `failure` says why
    std::optional<Error> failure;
    TimePoint expires;
  };

  DnsCache(const Clock& clock, Options options) : clock_(clock), options_(options) {}
  DnsCache(const DnsCache&) = delete;
  DnsCache& operator=(const DnsCache&) = delete;

  /// What is known and fresh, or nullptr. Valid until the next call that is not const.
  const Entry* find(std::string_view name);
  /// Replaces what was known, a failure too.
  void put(std::string_view name, std::vector<Endpoint> addresses, Duration ttl);
  /// Remembers a failure for `ttl` (at most max_ttl; min_ttl does not apply). Never takes the place
  /// of an answer that is still fresh.
  void put_failure(std::string_view name, Error failure, Duration ttl);

  std::size_t size() const noexcept { return by_name_.size(); }

 private:
  struct Node {
    std::string name;
    Entry entry;
  };
  using Nodes = std::list<Node>;

  void store(std::string_view name, Entry entry);
  void erase(Nodes::iterator node);

  const Clock& clock_;
  Options options_;
  Nodes nodes_;                                                    ///< the most recently used first
  std::unordered_map<std::string_view, Nodes::iterator> by_name_;  ///< keys point into nodes_
};

}  // namespace ccnproxy::origin
