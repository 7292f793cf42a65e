#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "ccnproxy/config/address_exemption.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/tls/tls_context.h"

namespace ccnproxy::origin {

/// What holds for one origin: the configuration with the first override that matches laid over it.
struct OriginSettings {
  config::Pool pool;
  config::Timeouts timeouts;
  std::shared_ptr<const tls::TlsContext> tls;
  std::string connect_host;        ///< `connect_to`; empty = the origin's own name
  std::uint16_t connect_port = 0;  ///< 0 = the origin's own port
  bool http1_only = false;         ///< offer nothing else, whatever the TLS profile has
  /// Each address gets its share of the connections, whatever its family (`upstream`).
  bool shares = false;
  config::AddressExemption exemption = {};  ///< from what AddressAcl denies
  config::Tcp tcp = {};
  config::Hedging hedging = {};
  config::Breaker breaker = {};
};

/// Shares of the whole.
inline std::shared_ptr<const config::Pool> pool_of(
    const std::shared_ptr<const OriginSettings>& settings) {
  return {settings, &settings->pool};
}
inline std::shared_ptr<const config::Timeouts> timeouts_of(
    const std::shared_ptr<const OriginSettings>& settings) {
  return {settings, &settings->timeouts};
}
inline std::shared_ptr<const config::Tcp> tcp_of(
    const std::shared_ptr<const OriginSettings>& settings) {
  return {settings, &settings->tcp};
}

inline std::shared_ptr<const config::Hedging> hedging_of(
    const std::shared_ptr<const OriginSettings>& settings) {
  return {settings, &settings->hedging};
}

inline std::shared_ptr<const config::Breaker> breaker_of(
    const std::shared_ptr<const OriginSettings>& settings) {
  return {settings, &settings->breaker};
}

/// How long it may take until a dial has ended, either way.
inline config::Duration longest_dial(const config::Timeouts& timeouts) {
  return timeouts.dns + timeouts.connect + timeouts.tls;
}

}  // namespace ccnproxy::origin
