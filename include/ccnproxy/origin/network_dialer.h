#pragma once

#include <functional>
#include <memory>
#include <string>

#include "ccnproxy/base/connection_budget.h"
#include "ccnproxy/dns/resolver.h"
#include "ccnproxy/origin/address_acl.h"
#include "ccnproxy/origin/connection_context.h"
#include "ccnproxy/origin/connection_factory.h"
#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/origin/family_health.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_settings.h"
#include "ccnproxy/origin/peer_state.h"

namespace ccnproxy::origin {

/// What the dialers of a worker share. Connections refer to it, too.
struct DialContext {
  ConnectionContext connections;
  ConnectionFactory make_connection;
  dns::Resolver& resolver;
  FamilyHealth& health;
  std::uint64_t& last_serial;  ///< of the worker's connections
  const AddressAcl& acl;
  ConnectionBudget* budget = nullptr;  ///< for sockets beside a connection's own, if there is one
  /// Told, on this thread, what an operator should know of an origin; empty: nothing is told.
  std::function<void(const std::string&)> warn = nullptr;
  bool bbr_allowed = false;  ///< is_allowed_congestion_control()
};

/// Dials for real: c-ares, Happy Eyeballs, OpenSSL; then a connection of the protocol that ALPN
/// names, made by DialContext::make_connection. Plain HTTP/1.1 for http:// origins. Each phase has
/// its own deadline (timeouts.dns, connect, tls). An address that accepts and then does not finish
/// TLS is left for the next after a second (F045); addresses that gave no sign of life lately are
/// tried last. AddressAcl judges every address that is connected to. Of several addresses the one
/// with the fewest connections is tried first: of the family that goes first, or, with
/// OriginSettings::shares, of all.
///
/// Outlives its dials.
class NetworkDialer final : public Dialer {
 public:
  NetworkDialer(std::shared_ptr<const DialContext> context, Origin origin,
                std::shared_ptr<const OriginSettings> settings);
  std::unique_ptr<Dial> dial(ConnectionListener& listener,
                             Delegate<void(DialResult)> on_result) override;
  bool is_withdrawn(const std::string& address) override;
  bool is_prohibited(const std::string& address) override;
  DialAddresses addresses() override;
  void offer_only_http1(bool only) override;
  void recall_stream_limit(std::uint32_t limit) override;
  std::uint32_t stream_limit() const override;

 private:
  /// Connections have a share of it for the facts, and so of all that they refer to.
  struct Place {
    std::shared_ptr<const DialContext> context;
    Origin origin;
    std::shared_ptr<const OriginSettings> settings;
    PeerState facts = {};
  };
  std::shared_ptr<Place> place_;
};

}  // namespace ccnproxy::origin
