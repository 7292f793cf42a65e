#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <unordered_map>

#include "ccnproxy/tls/group_choice.h"
#include "ccnproxy/tls/peer_name.h"

namespace ccnproxy::tls {

/// A bounded cache of what was learnt of the key exchange of each origin of one TLS profile
/// (GroupChoice): evicts the origin that was dialled least recently. Any thread; used at handshakes
/// only.
class GroupCache {
 public:
  using Now = std::function<TimePoint()>;
  static constexpr std::size_t most_peers = 10'000;

  explicit GroupCache(
      std::size_t most = most_peers, Now now = [] { return std::chrono::steady_clock::now(); })
      : most_(most), now_(std::move(now)) {}
  GroupCache(const GroupCache&) = delete;
  GroupCache& operator=(const GroupCache&) = delete;

  /// As those of GroupChoice. Asking for an origin that is not known leaves nothing behind.
  GroupOffer next(const PeerName& peer, bool large);
  /// `usual`: the next offer to an origin that is not known would be right, so that it need not be.
  bool on_agreed(const PeerName& peer, const GroupOffer& offer, std::uint16_t group, bool usual);
  void on_unanswered(const PeerName& peer, const GroupOffer& offer);

  std::size_t peers() const;

 private:
  struct Entry {
    PeerName peer;
    GroupChoice choice;
  };
  using Entries = std::list<Entry>;
  Entry* find(const PeerName& peer);
  Entry& touch(const PeerName& peer);

  const std::size_t most_;
  const Now now_;
  mutable std::mutex mutex_;
  // guarded by mutex_
  Entries entries_;  ///< the last used first
  std::unordered_map<PeerName, Entries::iterator, PeerNameHash> by_peer_;
};

}  // namespace ccnproxy::tls
