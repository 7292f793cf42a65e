#include "ccnproxy/tls/group_binding.h"

namespace ccnproxy::tls {

GroupBinding::GroupBinding(ssl_st& ssl, std::shared_ptr<const GroupProfile> profile,
                           std::shared_ptr<GroupCache> memory, const PeerName& peer)
    : profile_(std::move(profile)),
      memory_(std::move(memory)),
      peer_(peer),
      offer_(memory_->next(peer, profile_->is_large())) {
  profile_->apply(ssl, offer_);
}

bool GroupBinding::on_agreed(std::uint16_t group) {
  const bool usual = !profile_->is_large() && group == profile_->only_share();
  return memory_->on_agreed(peer_, offer_, group, usual);
}

void GroupBinding::on_unanswered() { memory_->on_unanswered(peer_, offer_); }

}  // namespace ccnproxy::tls
