#include "ccnproxy/tls/group_cache.h"

namespace ccnproxy::tls {

GroupOffer GroupCache::next(const PeerName& peer, bool large) {
  const std::lock_guard lock(mutex_);
  const auto now = now_();
  auto* known = find(peer);
  return known ? known->choice.next(large, now) : GroupChoice().next(large, now);
}

bool GroupCache::on_agreed(const PeerName& peer, const GroupOffer& offer, std::uint16_t group,
                           bool usual) {
  const std::lock_guard lock(mutex_);
  if (usual && !find(peer)) return false;
  return touch(peer).choice.on_agreed(offer, group, now_());
}

void GroupCache::on_unanswered(const PeerName& peer, const GroupOffer& offer) {
  const std::lock_guard lock(mutex_);
  if (offer.large || find(peer)) touch(peer).choice.on_unanswered(offer, now_());
}

std::size_t GroupCache::peers() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

GroupCache::Entry* GroupCache::find(const PeerName& peer) {
  const auto found = by_peer_.find(peer);
  if (found == by_peer_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return &entries_.front();
}

GroupCache::Entry& GroupCache::touch(const PeerName& peer) {
  if (auto* known = find(peer)) return *known;
  entries_.push_front({peer, {}});
  by_peer_.emplace(peer, entries_.begin());
  if (entries_.size() > most_) {
    by_peer_.erase(entries_.back().peer);
    entries_.pop_back();
  }
  return entries_.front();
}

}  // namespace ccnproxy::tls
