#pragma once

#include <map>
#include <memory>
#include <string>

#include "ccnproxy/config/config.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_settings.h"
#include "ccnproxy/route/label_table.h"
#include "ccnproxy/tls/tls_context.h"

namespace ccnproxy::daemon {

/// What all workers read and nobody changes: made while starting. Throws std::runtime_error if a
/// TLS profile can't be loaded.
class Shared {
 public:
  explicit Shared(config::Config config);

  const config::Config& config() const noexcept { return config_; }
  const route::LabelTable& labels() const noexcept { return labels_; }
  /// Our name in Via: `ccnproxy-` and a number that no other process has, so that a request that
  /// comes back is known (RFC 9110 §7.6.3).
  const std::string& via() const noexcept { return via_; }
  /// What holds for this origin. For each new origin, not for each request.
  origin::OriginSettings settings_for(const origin::Origin& origin) const;

 private:
  std::shared_ptr<const tls::TlsContext> context_for(const config::Tls& settings);

  config::Config config_;
  route::LabelTable labels_;
  std::string via_;
  std::vector<std::pair<config::Tls, std::shared_ptr<const tls::TlsContext>>>
      contexts_;  ///< one for each distinct profile
};

}  // namespace ccnproxy::daemon
