#include "ccnproxy/tls/group_binding.h"

namespace ccnproxy::tls {

GroupBinding::GroupBinding(ssl_st& ssl, std::shared_ptr<const GroupProfile> profile,
                           std::shared_ptr<GroupMemory> memory, const PeerName& peer)
    : profile_(std::move(profile)),
      memory_(std::move(memory)),
      peer_(peer),
      offer_(memory_->next(peer, profile_->is_large())) {
  profile_->apply(ssl, offer_);
}

/// That an origin takes what is offered by itself needs no memory.
bool GroupBinding::on_agreed(std::uint16_t group) {
  const bool usual = offer_.share == 0 && !offer_.classic_only && group == profile_->only_share();
  return !(usual && !profile_->is_large()) && memory_->on_agreed(peer_, offer_, group);
}

void GroupBinding::on_unanswered() { memory_->on_unanswered(peer_, offer_); }

}  // namespace ccnproxy::tls
