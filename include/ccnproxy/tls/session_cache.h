#pragma once

#include <cstddef>
#include <ctime>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "ccnproxy/tls/peer_name.h"

struct ssl_session_st;

namespace ccnproxy::tls {

struct FreeSession {
  void operator()(ssl_session_st* session) const noexcept;
};
using UniqueSession = std::unique_ptr<ssl_session_st, FreeSession>;

/// The TLS sessions that can be resumed, of one TLS profile: each is given only to connections for
/// the very name and port that it came from. Any thread; used at handshakes and when a ticket
/// arrives, never on a request's path.
///
/// Holds sessions as bytes, so that each connection gets an object of its own: OpenSSL marks the
/// session of a connection that ends without close_notify as not resumable, and would thereby spoil
/// a remembered one that it shares (F043). What it held is overwritten when it goes.
class SessionCache {
 public:
  struct Limits {
    std::size_t peers = 10'000;  ///< beyond it those go that were not used for the longest time
    std::size_t sessions_each = 4;
  };
  /// Seconds since 1970: a session's life is counted in these.
  using Now = std::function<std::time_t()>;

  SessionCache() : SessionCache(Limits()) {}
  explicit SessionCache(
      Limits limits, Now now = [] { return std::time(nullptr); });
  SessionCache(const SessionCache&) = delete;
  SessionCache& operator=(const SessionCache&) = delete;
  ~SessionCache();

  /// Remembers a copy until `expires`; the oldest of this peer goes where there are too many.
  void put(const PeerName& peer, const ssl_session_st& session, std::time_t expires);
  /// The latest session of this peer; null if there is none. One of TLS 1.3 is given out once (RFC
  /// 8446 §C.4), one of TLS 1.2 stays for others.
  UniqueSession take(const PeerName& peer);
  /// Drops all of this peer.
  void forget(const PeerName& peer);
  /// How many peers something is remembered of.
  std::size_t peers() const;

 private:
  class SecretBytes;
  struct Stored;
  struct Entry;
  using Entries = std::list<Entry>;

  SecretBytes pick(const PeerName& peer);
  Entries::iterator touch(const PeerName& peer);
  void drop(Entries::iterator entry);

  const Limits limits_;
  const Now now_;
  mutable std::mutex mutex_;  ///< guards what follows
  Entries entries_;           ///< the last used first
  std::unordered_map<PeerName, Entries::iterator, PeerNameHash> by_peer_;
};

/// When a session is not to be offered any more: at the end of its own life, of what the origin
/// said of its ticket, of seven days (RFC 8446 §4.6.1), or, `with_certificate`, of the origin's
/// certificate, which a resumed handshake does not look at again.
std::time_t usable_until(const ssl_session_st& session, bool with_certificate);

}  // namespace ccnproxy::tls
