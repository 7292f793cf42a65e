#include "ccnproxy/daemon/shared.h"

#include <random>

#include "ccnproxy/config/overrides.h"
#include "ccnproxy/route/label_options.h"

namespace ccnproxy::daemon {
namespace {

std::string pseudonym() {
  std::random_device random;
  char text[24];
  const auto n = std::snprintf(text, sizeof text, "1.1 ccnproxy-%08x", random());
  return {text, static_cast<std::size_t>(n)};
}

}  // namespace

Shared::Shared(config::Config config)
    : config_(std::move(config)),
      labels_(route::label_options(config_)),
      origin_access_(config_),
      address_access_(AddressList(config_.origins.deny_addresses)),
      clients_(config_.clients.allow),
      via_(pseudonym()) {
  for (const auto& listener : config_.listeners) note_listening(listener.to_string());
  if (config_.admin.address) note_listening(config_.admin.address->to_string());
  context_for(config_.tls);
  for (const auto& entry : config_.overrides) context_for(entry.tls);
}

void Shared::note_listening(const std::string& address) {
  const auto endpoint = Endpoint::parse(address);
  if (endpoint && endpoint->port() != 0) address_access_.add_own(*endpoint);
}

std::shared_ptr<const tls::TlsContext> Shared::context_for(const config::Tls& settings) {
  for (const auto& [known, context] : contexts_) {
    if (known == settings) return context;
  }
  return contexts_.emplace_back(settings, std::make_shared<const tls::TlsContext>(settings)).second;
}

origin::OriginSettings Shared::settings_for(const origin::Origin& origin) const {
  const auto* entry = config::find_override(config_, origin.host, origin.port);
  const auto& wanted = entry ? entry->tls : config_.tls;
  const auto found = std::find_if(contexts_.begin(), contexts_.end(),
                                  [&](const auto& c) { return c.first == wanted; });
  origin::OriginSettings settings{config_.pool, config_.timeouts, found->second, "", 0};
  if (!entry) return settings;
  settings.pool = entry->pool;
  settings.timeouts = entry->timeouts;
  settings.connect_host = entry->connect_host;
  settings.connect_port = entry->connect_port;
  return settings;
}

}  // namespace ccnproxy::daemon
