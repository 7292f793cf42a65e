#pragma once

#include <functional>
#include <memory>

#include "ccnproxy/origin/connection_context.h"
#include "ccnproxy/origin/origin_connection.h"
#include "ccnproxy/origin/peer_state.h"
#include "ccnproxy/tls/transport.h"

namespace ccnproxy::origin {

/// Makes the connection of an established transport, of the protocol that its info names: so a dial
/// knows no protocol. The context outlives the connection, as does the listener.
using ConnectionFactory = std::function<std::unique_ptr<OriginConnection>(
    const ConnectionContext& context, std::unique_ptr<tls::Transport> transport,
    ConnectionInfo info, ConnectionListener& listener, std::shared_ptr<PeerState> facts)>;

}  // namespace ccnproxy::origin
