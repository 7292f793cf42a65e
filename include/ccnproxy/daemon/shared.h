#pragma once

#include <map>
#include <memory>
#include <string>

#include "ccnproxy/base/address_list.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/origin/address_access.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_settings.h"
#include "ccnproxy/route/label_table.h"
#include "ccnproxy/route/origin_access.h"
#include "ccnproxy/tls/tls_context.h"

namespace ccnproxy::daemon {

/// What all workers read and nobody changes: made while starting. Throws std::runtime_error if a
/// TLS profile can't be loaded.
class Shared {
 public:
  explicit Shared(config::Config config);
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;

  const config::Config& config() const noexcept { return config_; }
  const route::LabelTable& labels() const noexcept { return labels_; }
  /// Which origins may be asked for.
  const route::OriginAccess& origin_access() const noexcept { return origin_access_; }
  /// Which addresses may be connected to.
  const origin::AddressAccess& address_access() const noexcept { return address_access_; }
  /// Whether clients from there are served. No address: a unix socket, whose folder's permissions
  /// say who may.
  bool allows_client(const Endpoint& from) const noexcept {
    return !from || clients_.find(from) != nullptr;
  }
  /// The daemon listens there (ip:port; a unix socket's path does not count). Before any worker
  /// runs.
  void note_listening(const std::string& address);
  /// Our name in Via: `ccnproxy-` and a number that no other process has, so that a request that
  /// comes back is known (RFC 9110 §7.6.3).
  const std::string& via() const noexcept { return via_; }
  /// What holds for this origin. For each new origin, not for each request.
  origin::OriginSettings settings_for(const origin::Origin& origin) const;

 private:
  std::shared_ptr<const tls::TlsContext> context_for(const config::Tls& settings);

  config::Config config_;
  route::LabelTable labels_;
  route::OriginAccess origin_access_;
  origin::AddressAccess address_access_;
  AddressList clients_;
  std::string via_;
  std::vector<std::pair<config::Tls, std::shared_ptr<const tls::TlsContext>>>
      contexts_;  ///< one for each distinct profile
};

}  // namespace ccnproxy::daemon
