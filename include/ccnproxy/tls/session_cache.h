#pragma once

#include <cstddef>
#include <ctime>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_set>
#include <vector>

#include "ccnproxy/tls/peer_name.h"

struct ssl_session_st;

namespace ccnproxy::tls {

struct FreeSession {
  void operator()(ssl_session_st* session) const noexcept;
};
using UniqueSession = std::unique_ptr<ssl_session_st, FreeSession>;

/// The `certificate_end` where nothing was verified.
constexpr auto endless = std::numeric_limits<std::time_t>::max();

/// What the last full handshake showed: resumed ones do not look at certificates again. Seconds
/// since 1970.
struct Verification {
  std::time_t at = 0;
  std::time_t certificate_end = endless;  ///< of the first in the chain that ends
};

/// Seconds since 1970.
struct SessionLife {
  std::time_t usable_until;  ///< not to be offered any more then
  Verification verification;
};

/// When a session is not to be offered any more: at the end of its own life, of what the origin
/// said of its ticket, of seven days (RFC 8446 §4.6.1), of the origin's certificates, or a day
/// after they were verified: what has been renewed, or is not trusted any more, is seen by then.
SessionLife life_of(const ssl_session_st& session, const Verification& verification);

/// The TLS sessions that can be resumed, of one TLS profile: each is given only to connections for
/// the very name and port that it came from. Any thread; used at handshakes and when a ticket
/// arrives, never on a request's path.
///
/// Of a peer one is kept, though a connection may bring several: it serves the next connection,
/// which brings others. Where that was not enough, because several were made at a time, one more is
/// kept from then on, within bounds.
///
/// Holds sessions as bytes (session_der.h), so that each connection gets an object of its own:
/// OpenSSL marks the session of a connection that ends without close_notify as not resumable, and
/// would thereby spoil a remembered one that it shares (F043). What it held is overwritten when it
/// goes.
class SessionCache {
 public:
  struct Limits {
    std::size_t peers = 10'000;  ///< beyond it those go that were not used for the longest time
    std::size_t sessions_each = 4;
  };
  struct Resumable {
    UniqueSession session;      ///< null: there is none
    Verification verification;  ///< as it was put
  };
  /// Seconds since 1970.
  using Now = std::function<std::time_t()>;

  SessionCache() : SessionCache(Limits()) {}
  explicit SessionCache(
      Limits limits, Now now = [] { return std::time(nullptr); });
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;
  ~SessionCache();

  /// Remembers a copy; the oldest of this peer goes where there are too many.
  void put(const PeerName& peer, const ssl_session_st& session, SessionLife life);
  /// The latest session of this peer. One of TLS 1.3 is given out once while there are others; the
  /// last one again and again, since fifty connections that are made at once would else cost as
  /// many full handshakes. (RFC 8446 §C.4 advises against that so that no observer can tell by a
  /// ticket that two connections are one client's: these all come from this machine. A server that
  /// takes each but once goes on with a full handshake.) One of TLS 1.2 stays for others.
  Resumable take(const PeerName& peer);
  /// Drops all of this peer.
  void forget(const PeerName& peer);
  /// How many peers are known.
  std::size_t peers() const;

 private:
  class SecretBytes;
  struct Stored;
  struct Entry;
  using Entries = std::list<Entry>;
  /// Hashes and compares entries as their peers.
  struct ByPeer {
    using is_transparent = void;
    static const PeerName& of(const PeerName& peer) { return peer; }
    static const PeerName& of(const Entries::iterator& entry);
    // Not noexcept: so libstdc++ keeps hashes, and reads no entry but the one that is looked for.
    std::size_t operator()(const auto& key) const { return PeerNameHash()(of(key)); }
    bool operator()(const auto& a, const auto& b) const noexcept { return of(a) == of(b); }
  };

  std::optional<Stored> pick(const PeerName& peer);
  Entries::iterator touch(const PeerName& peer);
  void drop(Entries::iterator entry);

  const Limits limits_;
  const Now now_;
  mutable std::mutex mutex_;  ///< guards what follows
  Entries entries_;           ///< the last used first
  std::unordered_set<Entries::iterator, ByPeer, ByPeer> by_peer_;
};

}  // namespace ccnproxy::tls
