#pragma once

#include <list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/base/error.h"
#include "ccnproxy/dns/address_set.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::dns {

/// What DNS said lately, good or bad, by name. Bounded: the name that was asked for least recently
/// goes first. No I/O, no thread of its own; belongs to its thread. Names are compared as they are:
/// the caller normalises (lower case, no trailing dot).
///
/// An answer is fresh for its TTL, then good for `stale` more while DNS is asked again, then of
/// no use; the set of addresses is remembered longer, as it is learnt over many answers.
class DnsCache {
 public:
  struct Options {
    /// A name's time to live is brought into these bounds: TTL 0 would ask for every connection,
    /// a TTL of a day would keep an address long after its owner left it.
    Duration min_ttl = std::chrono::seconds(1);
    Duration max_ttl = std::chrono::minutes(5);
    /// An answer whose TTL has passed is good for so long (RFC 8767 §5).
    Duration stale{0};
    /// Names with addresses; of those that only failed, a quarter as many, so that a flood of names
    /// that do not exist makes nothing forgotten.
    std::size_t names = 10'000;
    AddressPatience patience = {};
  };
  /// While DNS fails for a name that has an answer, the name is asked for again after this, then
  /// after twice as long each time, and at last each `max_back_off`.
  static constexpr Duration min_back_off = std::chrono::seconds(1);
  static constexpr Duration max_back_off = std::chrono::seconds(30);
  /// A name's set is forgotten so long after its last answer's TTL has passed.
  static constexpr Duration set_memory = std::chrono::hours(1);

  DnsCache(const Clock& clock, Options options) : clock_(clock), options_(options) {}
  DnsCache(const DnsCache&) = delete;
  DnsCache& operator=(const DnsCache&) = delete;

  /// Other times, for answers that come from now on.
  void set_times(Duration min_ttl, Duration max_ttl, Duration stale) noexcept {
    options_.min_ttl = min_ttl;
    options_.max_ttl = max_ttl;
    options_.stale = stale;
  }

  /// The addresses to dial (AddressSet::addresses()), fresh or stale, or nullptr. Valid until the
  /// next call that is not const.
  const std::vector<Endpoint>* addresses(std::string_view name);
  /// Why there are none, if that is known; nullptr where there are some. Valid as above.
  const Error* failure(std::string_view name);
  /// What the last question came to, if that was a failure and its back-off is not over, whether
  /// there are addresses or not. Valid as above.
  const Error* last_failure(std::string_view name);
  /// Whether there are addresses whose TTL has not passed.
  bool is_fresh(std::string_view name) const;
  /// Whether DNS should be asked for the name although no lookup waits for it: what is known is not
  /// fresh, and after a failure its back-off is over. Also for a name that is not known.
  bool is_due(std::string_view name) const;
  /// AddressSet::is_withdrawn(); false for a name that is not known.
  bool is_withdrawn(std::string_view name, const Endpoint& address);

  /// A new answer, with addresses of one family at least. One that came later and adds the other
  /// family to it is put by itself. Returns addresses().
  const std::vector<Endpoint>& put(std::string_view name, std::span<const FamilyAnswer> answers,
                                   Duration ttl);
  /// Remembers a failure for `ttl` (at most max_ttl; min_ttl does not apply). Never takes the place
  /// of addresses while they are good, stale ones too.
  void put_failure(std::string_view name, Error failure, Duration ttl);

  std::size_t size() const noexcept { return by_name_.size(); }

 private:
  struct Entry {
    explicit Entry(const AddressPatience& patience) : set(patience) {}
    AddressSet set;
    std::vector<Endpoint> addresses;  ///< of the set
    TimePoint fresh_until{};
    TimePoint good_until{};
    std::optional<Error> failure;  ///< since the last answer
    TimePoint failed_until{};
    Duration back_off{};  ///< 0: the last question was answered
    TimePoint ask_after{};
    TimePoint forget_at{};
    bool answered = false;  ///< with addresses, once at least
  };
  struct Node {
    std::string name;
    Entry entry;
  };
  using Nodes = std::list<Node>;

  Entry* find(std::string_view name);
  const Entry* peek(std::string_view name) const;
  Entry& need(std::string_view name, bool answered);
  Nodes& list_of(const Entry& entry) noexcept { return entry.answered ? nodes_ : failed_; }
  std::size_t most(const Nodes& nodes) const noexcept;
  void erase(Nodes::iterator node);

  const Clock& clock_;
  Options options_;
  Nodes nodes_;   ///< that have been answered, the most recently used first
  Nodes failed_;  ///< that never were, in the same order
  std::unordered_map<std::string_view, Nodes::iterator>
      by_name_;  ///< keys point into nodes_ and failed_
};

}  // namespace ccnproxy::dns
