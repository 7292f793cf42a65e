#include "ccnproxy/tls/session_cache.h"

#include <algorithm>

#include <openssl/ssl.h>

#include "session_der.h"
#include "session_time.h"

namespace ccnproxy::tls {
namespace {

constexpr std::time_t day = 24 * 60 * 60;
constexpr std::time_t longest_life = 7 * day;
constexpr std::time_t verified_for = day;

}  // namespace

void FreeSession::operator()(ssl_session_st* session) const noexcept { SSL_SESSION_free(session); }

/// A session in its DER form: bytes that let others pose as us, or read what was said.
class SessionCache::SecretBytes {
 public:
  SecretBytes() = default;
  /// Empty where OpenSSL can't.
  explicit SecretBytes(const SSL_SESSION& session) : bytes_(session_der(session)) {}
  SecretBytes(const SecretBytes&) = default;
  SecretBytes(SecretBytes&&) = default;
  /// Never frees bytes that were not overwritten.
  SecretBytes& operator=(SecretBytes other) noexcept {
    bytes_.swap(other.bytes_);
    return *this;
  }
  ~SecretBytes() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

  bool empty() const noexcept { return bytes_.empty(); }
  UniqueSession revive() const {
    const auto* from = bytes_.data();
    return UniqueSession(d2i_SSL_SESSION(nullptr, &from, static_cast<long>(bytes_.size())));
  }

 private:
  std::vector<unsigned char> bytes_;
};

struct SessionCache::Stored {
  SecretBytes bytes;
  SessionLife life;
  bool single_use;
  bool used = false;
};

struct SessionCache::Entry {
  PeerName peer;
  std::vector<Stored> sessions = {};  ///< the latest last
  std::size_t most = 1;               ///< so many are kept
};

const PeerName& SessionCache::ByPeer::of(const Entries::iterator& entry) { return entry->peer; }

SessionCache::SessionCache(Limits limits, Now now) : limits_(limits), now_(std::move(now)) {}

SessionCache::~SessionCache() = default;

void SessionCache::put(const PeerName& peer, const ssl_session_st& session, SessionLife life) {
  SecretBytes bytes(session);
  if (bytes.empty()) return;
  const bool single_use = SSL_SESSION_get_protocol_version(&session) >= TLS1_3_VERSION;
  const std::lock_guard lock(mutex_);
  auto& entry = *touch(peer);
  auto& sessions = entry.sessions;
  if (sessions.size() >= entry.most) sessions.erase(sessions.begin());
  sessions.push_back({std::move(bytes), life, single_use});
  if (entries_.size() > limits_.peers) drop(std::prev(entries_.end()));
}

SessionCache::Resumable SessionCache::take(const PeerName& peer) {
  const auto picked = pick(peer);
  if (!picked) return {};
  return {picked->bytes.revive(), picked->life.verification};
}

std::optional<SessionCache::Stored> SessionCache::pick(const PeerName& peer) {
  const std::lock_guard lock(mutex_);
  if (!by_peer_.contains(peer)) return {};
  const auto entry = touch(peer);
  auto& sessions = entry->sessions;
  std::erase_if(sessions, [now = now_()](const Stored& s) { return s.life.usable_until <= now; });
  if (sessions.empty()) return {};
  if (sessions.back().used) entry->most = std::min(entry->most + 1, limits_.sessions_each);
  sessions.back().used = sessions.back().single_use;
  auto latest = sessions.back();
  if (latest.single_use && sessions.size() > 1) sessions.pop_back();
  return latest;
}

void SessionCache::forget(const PeerName& peer) {
  const std::lock_guard lock(mutex_);
  if (const auto found = by_peer_.find(peer); found != by_peer_.end()) drop(*found);
}

std::size_t SessionCache::peers() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

/// The entry of this peer, made if need be, now the last used one.
SessionCache::Entries::iterator SessionCache::touch(const PeerName& peer) {
  if (const auto found = by_peer_.find(peer); found != by_peer_.end()) {
    entries_.splice(entries_.begin(), entries_, *found);
  } else {
    entries_.push_front({peer});
    by_peer_.insert(entries_.begin());
  }
  return entries_.begin();
}

void SessionCache::drop(Entries::iterator entry) {
  by_peer_.erase(entry);
  entries_.erase(entry);
}

SessionLife life_of(const ssl_session_st& session, const Verification& verification) {
  const std::time_t begin = session_time(session);
  std::time_t life = std::min<std::time_t>(SSL_SESSION_get_timeout(&session), longest_life);
  if (const auto hint = SSL_SESSION_get_ticket_lifetime_hint(&session); hint > 0)
    life = std::min(life, static_cast<std::time_t>(hint));
  return {std::min({begin + life, verification.certificate_end, verification.at + verified_for}),
          verification};
}

}  // namespace ccnproxy::tls
