#pragma once

#include <memory>

#include "ccnproxy/origin/connection_context.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/origin/family_health.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_settings.h"
#include "ccnproxy/origin/resolver.h"

namespace ccnproxy::origin {

/// What the dialers of a worker share.
struct DialContext {
  ConnectionContext connections;
  Resolver& resolver;
  FamilyHealth& health;
  std::uint64_t& last_serial;  ///< of the worker's connections
};

/// Dials for real: c-ares, Happy Eyeballs, OpenSSL; then an Http2Connection or Http1Connection, as
/// ALPN says. Plain HTTP/1.1 for http:// origins. Each phase has its own deadline (timeouts.dns,
/// connect, tls).
class NetworkDialer final : public Dialer {
 public:
  NetworkDialer(DialContext context, Origin origin, OriginSettings settings)
      : context_(context), origin_(std::move(origin)), settings_(std::move(settings)) {}
  std::unique_ptr<Dial> dial(ConnectionListener& listener,
                             Delegate<void(DialResult)> on_result) override;

 private:
  DialContext context_;
  Origin origin_;
  OriginSettings settings_;
  /// What the origin's last SETTINGS said of streams at once, so that the next connection's first
  /// burst keeps to it before its own SETTINGS are there (F022). Shared with the connections.
  std::shared_ptr<std::uint32_t> stream_limit_ =
      std::make_shared<std::uint32_t>(streams_before_settings);
};

}  // namespace ccnproxy::origin
