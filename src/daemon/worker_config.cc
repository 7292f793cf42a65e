#include "ccnproxy/daemon/worker_config.h"

#include <algorithm>
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

origin::AddressAcl make_address_acl(const config::Origins& origins) {
  using origin::OwnAddresses;
  return origin::AddressAcl(
      AddressList(origins.deny_addresses), origin::is_local_address,
      origins.allow_own_addresses ? OwnAddresses::allowed : OwnAddresses::denied);
}

std::string place_of(const config::Override& entry) {
  if (entry.connect_host.empty() && entry.connect_port == 0) return "";
  return entry.connect_host + ' ' + std::to_string(entry.connect_port);
}

}  // namespace

WorkerConfig::WorkerConfig(config::Config config)
    : config_(std::move(config)),
      labels_(route::label_options(config_)),
      origin_acl_(config_),
      address_acl_(make_address_acl(config_.origins)),
      clients_(config_.clients.allow),
      via_(pseudonym()) {
  for (const auto& listener : config_.listeners) note_listening(listener.to_string());
  if (config_.admin.address) note_listening(config_.admin.address->to_string());
  load_profiles(nullptr);
  make_settings();
}

WorkerConfig::WorkerConfig(config::Config config, const WorkerConfig& before)
    : config_(std::move(config)),
      labels_(route::label_options(config_)),
      origin_acl_(config_),
      address_acl_(make_address_acl(config_.origins)),
      clients_(config_.clients.allow),
      via_(before.via_),
      generation_(before.generation_ + 1) {
  for (const auto& address : before.listening_) note_listening(address);
  load_profiles(&before);
  make_settings();
}

void WorkerConfig::note_listening(const std::string& address) {
  const auto endpoint = Endpoint::parse(address);
  if (!endpoint || endpoint->port() == 0) return;
  address_acl_.add_own(*endpoint);
  listening_.push_back(address);
}

http::HeadLimits WorkerConfig::head_limits() const noexcept {
  return {config_.limits.head_bytes, config_.limits.headers, config_.limits.target_bytes};
}

void WorkerConfig::load_profiles(const WorkerConfig* before) {
  add_profile(config_.tls, "", before);
  for (const auto& entry : config_.overrides) add_profile(entry.tls, place_of(entry), before);
}

void WorkerConfig::add_profile(const config::Tls& settings, std::string place,
                               const WorkerConfig* before) {
  if (find(settings, place)) return;
  Profile profile{settings, std::move(place), files_of(settings), nullptr};
  if (before) note_changed_files(profile, *before);
  profile.context = context_of(profile, before);
  profiles_.push_back(std::move(profile));
}

/// Made of the same files for the same place before, or for another, or now.
std::shared_ptr<const tls::TlsContext> WorkerConfig::context_of(const Profile& profile,
                                                                const WorkerConfig* before) const {
  const auto* same = before ? before->find(profile.settings, profile.place) : nullptr;
  if (same && same->files == profile.files) return same->context;
  if (const auto* alike = find_alike(profile)) return tls::TlsContext::apart(*alike->context);
  if (const auto* alike = before ? before->find_alike(profile) : nullptr)
    return tls::TlsContext::apart(*alike->context);
  return std::make_shared<const tls::TlsContext>(profile.settings);
}

const WorkerConfig::Profile* WorkerConfig::find_alike(const Profile& profile) const {
  const auto found = std::find_if(profiles_.begin(), profiles_.end(), [&](const auto& other) {
    return other.settings == profile.settings && other.files == profile.files;
  });
  return found == profiles_.end() ? nullptr : &*found;
}

/// Read once: what is read later may be something else.
std::vector<TlsFile> WorkerConfig::files_of(const config::Tls& settings) const {
  for (const auto& known : profiles_) {
    if (known.settings == settings) return known.files;
  }
  return tls_files(settings);
}

void WorkerConfig::note_changed_files(const Profile& profile, const WorkerConfig& before) {
  for (const auto& other : before.profiles_) {
    if (other.settings != profile.settings) continue;
    for (const auto& file : profile.files) {
      if (std::find(other.files.begin(), other.files.end(), file) == other.files.end())
        changed_files_.insert(file.path);
    }
  }
}

const WorkerConfig::Profile* WorkerConfig::find(const config::Tls& settings,
                                                const std::string& place) const {
  const auto found = std::find_if(profiles_.begin(), profiles_.end(), [&](const auto& profile) {
    return profile.settings == settings && profile.place == place;
  });
  return found == profiles_.end() ? nullptr : &*found;
}

void WorkerConfig::make_settings() {
  const bool shares = !config_.upstream.empty();
  const auto context_for = [&](const config::Tls& tls, const std::string& place) {
    return find(tls, place)->context;
  };
  usual_settings_ = std::make_shared<const origin::OriginSettings>(
      origin::OriginSettings{config_.pool,
                             config_.timeouts,
                             context_for(config_.tls, ""),
                             "",
                             0,
                             false,
                             shares,
                             {},
                             config_.tcp,
                             config_.hedging,
                             config_.breaker});
  for (const auto& entry : config_.overrides) {
    override_settings_.push_back(
        std::make_shared<const origin::OriginSettings>(origin::OriginSettings{
            entry.pool, entry.timeouts, context_for(entry.tls, place_of(entry)), entry.connect_host,
            entry.connect_port, false, shares, config::exemption_of(config_, &entry), entry.tcp,
            entry.hedging, entry.breaker}));
  }
}

std::shared_ptr<const origin::OriginSettings> WorkerConfig::settings_for(
    const origin::Origin& origin) const {
  const auto* entry = config::find_override(config_, origin.host, origin.port);
  if (!entry) return usual_settings_;
  return override_settings_[static_cast<std::size_t>(entry - config_.overrides.data())];
}

std::shared_ptr<const config::Config> config_share(
    std::shared_ptr<const WorkerConfig> worker_config) {
  const auto* config = &worker_config->config();
  return {config, [worker_config = std::move(worker_config)](const config::Config*) {}};
}

}  // namespace ccnproxy::daemon
