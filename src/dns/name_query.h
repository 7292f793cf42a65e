#pragma once

#include <array>
#include <string>
#include <vector>

#include "ccnproxy/base/error.h"
#include "ccnproxy/dns/address_set.h"
#include "ccnproxy/dns/dns_channel.h"
#include "ccnproxy/net/timer.h"

namespace ccnproxy::dns {

/// The two questions, A and AAAA, that find the addresses of one name, and what is made of the
/// answers. Asked side by side; where one has addresses and the other is late, the late one is
/// waited for only shortly: servers that drop AAAA questions are many, and would cost seconds.
/// Belongs to its thread; must outlive the channel it asks, or its answers.
class NameQuery final : public DnsReceiver {
 public:
  /// RFC 8305 §3's Resolution Delay.
  static constexpr Duration late_family_wait = std::chrono::milliseconds(50);

  /// `on_progress` is called whenever has_news() becomes true, possibly from within start() and
  /// from within c-ares.
  NameQuery(TimerWheel& timers, std::string name, Delegate<void()> on_progress);

  /// Asks for what has no definite answer yet.
  void start(DnsChannel& channel);

  const std::string& name() const noexcept { return name_; }
  /// Something to act on came since it was last told to be seen.
  bool has_news() const noexcept { return news_; }
  void mark_seen() noexcept { news_ = false; }

  /// Both questions have ended.
  bool is_done() const noexcept;
  /// It ended without anything that DNS said: asking again may help.
  bool is_unanswered() const noexcept;
  /// A question ended because its channel did: start() must be called with another.
  bool is_interrupted() const noexcept;

  /// At least one address has come.
  bool has_addresses() const noexcept { return any(DnsStatus::answered); }
  /// Those of both families that have come, IPv6 first.
  std::vector<Endpoint> addresses() const;
  /// What DNS said for certain (addresses, or that there are none of a family) and has not been
  /// taken yet.
  std::vector<FamilyAnswer> take_answers();
  /// The least of the families' TTLs.
  Duration ttl() const;
  /// Why there are no addresses.
  Error failure() const;
  /// For how long the failure may be taken as known: what DNS said (RFC 2308) longer than what may
  /// be a passing trouble of its servers.
  Duration failure_ttl() const;

  void on_answer(DnsRecord type, DnsAnswer answer) override;

 private:
  struct Question {
    bool asked = false;  ///< and not answered yet
    bool taken = false;  ///< by take_answers()
    DnsAnswer answer{DnsStatus::interrupted, {}, {}};
  };

  bool any(DnsStatus status) const noexcept;
  DnsStatus verdict() const noexcept;
  void tell();

  std::string name_;
  Delegate<void()> on_progress_;
  Timer late_;
  std::array<Question, 2> questions_;  ///< by DnsRecord
  bool news_ = false;
};

}  // namespace ccnproxy::dns
