#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "ccnproxy/base/address_list.h"
#include "ccnproxy/config/config.h"
#include "ccnproxy/daemon/tls_files.h"
#include "ccnproxy/http/head_parser.h"
#include "ccnproxy/origin/address_access.h"
#include "ccnproxy/origin/origin.h"
#include "ccnproxy/origin/origin_settings.h"
#include "ccnproxy/route/label_table.h"
#include "ccnproxy/route/origin_access.h"
#include "ccnproxy/tls/tls_context.h"

namespace ccnproxy::daemon {

/// What all workers read and nobody changes: made while starting, and anew for each reload of the
/// configuration. Throws std::runtime_error if a TLS profile can't be loaded.
///
/// Nobody changes it from the moment that a worker has it; workers hold it by shares, so that the
/// one before lives until the last of them has gone on.
class Shared {
 public:
  explicit Shared(config::Config config);
  /// What takes the place of `before`: the same name in Via and the same listeners, and TLS
  /// profiles with their sessions where neither settings nor files are others.
  Shared(config::Config config, const Shared& before);
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
  /// How many configurations have been in force before it.
  std::uint64_t generation() const noexcept { return generation_; }
  /// Bounds on heads, of requests and responses.
  http::HeadLimits head_limits() const noexcept;
  /// What holds for this origin, one object for all of which the same holds. For each new origin,
  /// not for each request.
  std::shared_ptr<const origin::OriginSettings> settings_for(const origin::Origin& origin) const;
  /// Files of TLS profiles whose content is not what it was in the one before.
  const std::set<std::string>& changed_files() const noexcept { return changed_files_; }

 private:
  /// A TLS profile as used for one place: connections to another place are not offered its
  /// sessions.
  struct Profile {
    config::Tls settings;
    std::string place;  ///< `connect_to`; empty = wherever DNS says
    std::vector<TlsFile> files;
    std::shared_ptr<const tls::TlsContext> context;
  };

  void load_profiles(const Shared* before);
  void make_settings();
  void add_profile(const config::Tls& settings, std::string place, const Shared* before);
  std::shared_ptr<const tls::TlsContext> context_of(const Profile& profile,
                                                    const Shared* before) const;
  const Profile* find_alike(const Profile& profile) const;
  std::vector<TlsFile> files_of(const config::Tls& settings) const;
  void note_changed_files(const Profile& profile, const Shared& before);
  const Profile* find(const config::Tls& settings, const std::string& place) const;

  config::Config config_;
  route::LabelTable labels_;
  route::OriginAccess origin_access_;
  origin::AddressAccess address_access_;
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

/// Its configuration, with a count of shares of its own: one that many threads change for each
/// request is slow.
std::shared_ptr<const config::Config> config_share(std::shared_ptr<const Shared> shared);

}  // namespace ccnproxy::daemon
