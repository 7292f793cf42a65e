#pragma once

#include <cstdint>
#include <memory>

#include "ccnproxy/tls/group_cache.h"
#include "ccnproxy/tls/group_choice.h"
#include "ccnproxy/tls/group_profile.h"
#include "ccnproxy/tls/peer_name.h"

struct ssl_st;

namespace ccnproxy::tls {

/// Connects one handshake to what is learnt of its origin's key exchange.
class GroupBinding {
 public:
  /// Before the handshake: `ssl` offers what was learnt of this peer.
  GroupBinding(ssl_st& ssl, std::shared_ptr<const GroupProfile> profile,
               std::shared_ptr<GroupCache> memory, const PeerName& peer);

  /// The handshake is over. See GroupChoice::on_agreed().
  bool on_agreed(std::uint16_t group);
  /// It ended before the origin answered the ClientHello.
  void on_unanswered();

 private:
  std::shared_ptr<const GroupProfile> profile_;
  std::shared_ptr<GroupCache> memory_;
  PeerName peer_;
  GroupOffer offer_;
};

}  // namespace ccnproxy::tls
