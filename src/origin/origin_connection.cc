#include "ccnproxy/origin/origin_connection.h"

namespace ccnproxy::origin {

/// For sinks that never ask for an upgrade: the connection is closed.
void ResponseSink::on_upgrade(const http::ResponseHead&, std::unique_ptr<tls::Transport> connection,
                              std::string_view) {
  connection->close();
}

std::string_view to_string(Protocol protocol) noexcept {
  return protocol == Protocol::http2 ? "h2" : "http/1.1";
}

}  // namespace ccnproxy::origin
