#pragma once

#include <memory>
#include <string>

#include "client_fixture.h"

namespace ccnproxy::integration {

inline const std::string ask_fields =
    "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n";
inline const std::string agreed =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Accept: y\r\n\r\n";

inline void tunnels(DaemonConfig& config) { config.set("tunnel_upgrades", "true"); }

/// A daemon that serves tunnels, and an origin without a script.
struct Tunnels : OneOrigin {
  explicit Tunnels(const std::string& protocol, const Adjust& adjust = {})
      : OneOrigin(protocol, nullptr, [&](DaemonConfig& config) {
          tunnels(config);
          if (adjust) adjust(config);
        }) {}

  std::string request(const std::string& target = "/chat") const {
    return head("GET " + target + " HTTP/1.1", label_host, ask_fields);
  }
};

/// Both ends of a tunnel that stands.
struct Open {
  explicit Open(Tunnels& proxy, const RawClientOptions& options = {})
      : client(proxy.connect(options)) {
    client.send(proxy.request());
    origin = proxy.origin.accept();
    origin->read_request_head();
    origin->write(agreed);
    answer = client.read_until("\r\n\r\n");
  }
  RawClient client;
  std::shared_ptr<OriginConnection> origin;
  std::string answer;
};

}  // namespace ccnproxy::integration
