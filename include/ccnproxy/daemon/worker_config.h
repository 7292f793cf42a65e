#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ccnproxy/config/config.h"
#include "ccnproxy/daemon/tls_files.h"
#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/net/address_list.h"
#include "ccnproxy/origin/address_acl.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_settings.h"
#include "ccnproxy/route/label_table.h"
#include "ccnproxy/route/origin_acl.h"
#include "ccnproxy/tls/tls_context.h"

namespace ccnproxy::daemon {

/// The configuration of the workers with what is built from it. Created at startup and for each
/// reload, immutable once a worker has it. Throws std::runtime_error if a TLS profile can't be
/// loaded.
///
/// Workers hold shares of it, so the previous one lives until the last worker has switched.
class WorkerConfig {
 public:
  explicit WorkerConfig(config::Config config);
  /// The successor of `before`: keeps the name in Via and the listeners, and the TLS profiles with
  /// their sessions if neither settings nor files changed.
  WorkerConfig(config::Config config, const WorkerConfig& before);
  WorkerConfig(const WorkerConfig&) = delete;
  WorkerConfig& operator=(const WorkerConfig&) = delete;

  const config::Config& config() const noexcept { return config_; }
  const route::LabelTable& labels() const noexcept { return labels_; }
  /// The access control list of origins.
  const route::OriginAcl& origin_acl() const noexcept { return origin_acl_; }
  /// The access control list of addresses.
  const origin::AddressAcl& address_acl() const noexcept { return address_acl_; }
  /// Whether clients from this address are served. Without an address it is a unix socket,
  /// protected by its file's permissions.
  bool allows_client(const Endpoint& from) const noexcept {
    return !from || clients_.find(from) != nullptr;
  }
  /// Records an address that the daemon listens on (ip:port; not a unix socket's path). Call it
  /// before any worker runs.
  void note_listening(const std::string& address);
  /// Our pseudonym in Via: `ccnproxy-` and a number unique to this process, so that a request that
  /// comes back is detected (RFC 9110 §7.6.3).
  const std::string& via() const noexcept { return via_; }
  /// The number of configurations before this one.
  std::uint64_t generation() const noexcept { return generation_; }
  /// The limits of request and response heads.
  http::HeadLimits head_limits() const noexcept;
  /// The settings of this origin; origins with the same settings share one object. Call it for each
  /// new origin, not for each request.
  std::shared_ptr<const origin::OriginSettings> settings_for(const origin::Origin& origin) const;
  /// Files of TLS profiles that changed since the previous configuration.
  const std::set<std::string>& changed_files() const noexcept { return changed_files_; }

 private:
  /// A TLS profile for one place: sessions are not offered to another place.
  struct Profile {
    config::Tls settings;
    std::string place;  ///< `connect_to`; empty = wherever DNS says
    std::vector<TlsFile> files;
    std::shared_ptr<const tls::TlsContext> context;
  };

  void load_profiles(const WorkerConfig* before);
  void make_settings();
  void add_profile(const config::Tls& settings, std::string place, const WorkerConfig* before);
  std::shared_ptr<const tls::TlsContext> context_of(const Profile& profile,
                                                    const WorkerConfig* before) const;
  const Profile* find_alike(const Profile& profile) const;
  std::vector<TlsFile> files_of(const config::Tls& settings) const;
  void note_changed_files(const Profile& profile, const WorkerConfig& before);
  const Profile* find(const config::Tls& settings, const std::string& place) const;

  config::Config config_;
  route::LabelTable labels_;
  route::OriginAcl origin_acl_;
  origin::AddressAcl address_acl_;
  AddressList clients_;
  std::vector<std::string> listening_;
  std::string via_;
  std::uint64_t generation_ = 0;
  std::vector<Profile> profiles_;
  std::set<std::string> changed_files_;
  std::shared_ptr<const origin::OriginSettings> usual_settings_;
  std::vector<std::shared_ptr<const origin::OriginSettings>>
      override_settings_;  ///< of each, in order
};

/// The configuration with a reference count of its own: one count that all threads change for each
/// request would be slow.
std::shared_ptr<const config::Config> config_share(
    std::shared_ptr<const WorkerConfig> worker_config);

}  // namespace ccnproxy::daemon
