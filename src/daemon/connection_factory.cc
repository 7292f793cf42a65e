#include "ccnproxy/daemon/connection_factory.h"

#include "ccnproxy/http1/http1_connection.h"
#include "ccnproxy/http2/http2_connection.h"

namespace ccnproxy::daemon {

origin::ConnectionFactory connection_factory(http2::WorkerMemory& memory) {
  return
      [&memory](
          const origin::ConnectionContext& context, std::unique_ptr<tls::Transport> transport,
          origin::ConnectionInfo info, origin::ConnectionListener& listener,
          std::shared_ptr<origin::PeerState> facts) -> std::unique_ptr<origin::OriginConnection> {
        if (info.protocol == origin::Protocol::http2)
          return std::make_unique<http2::Http2Connection>(
              context, memory, std::move(transport), std::move(info), listener, std::move(facts));
        return std::make_unique<http1::Http1Connection>(
            context, std::move(transport), std::move(info), listener, std::move(facts));
      };
}

}  // namespace ccnproxy::daemon
