#include "reload_plan.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ccnproxy::daemon {
namespace {

/// What a process has for its life.
struct Lasting {
  std::string_view key;  ///< or what its keys begin with
  void (*keep)(config::Config& in, const config::Config& of);
};

void keep_admin_socket(config::Config& in, const config::Config& of) {
  in.admin.address = of.admin.address;
  in.admin.access = of.admin.access;
}

/// All of log.access but the fields that the workers choose for each line.
void keep_access_log(config::Config& in, const config::Config& of) {
  auto kept = of.log.access;
  kept.request_headers = std::move(in.log.access.request_headers);
  kept.response_headers = std::move(in.log.access.response_headers);
  in.log.access = std::move(kept);
}

constexpr std::array<Lasting, 14> lasting = {{
    {"listeners", [](auto& in, const auto& of) { in.listeners = of.listeners; }},
    {"admin.address", keep_admin_socket},
    {"admin.mode", keep_admin_socket},
    {"admin.owner", keep_admin_socket},
    {"admin.group", keep_admin_socket},
    {"pid_file", [](auto& in, const auto& of) { in.pid_file = of.pid_file; }},
    {"workers", [](auto& in, const auto& of) { in.workers = of.workers; }},
    {"coalesce", [](auto& in, const auto& of) { in.coalesce = of.coalesce; }},
    {"upstream", [](auto& in, const auto& of) { in.upstream = of.upstream; }},
    {"log.access.to", keep_access_log},
    {"log.access.format", keep_access_log},
    {"log.access.rotate_every", keep_access_log},
    {"log.access.keep", keep_access_log},
    {"log.access.query", keep_access_log},
}};

bool lasts(const std::string& key) {
  return std::any_of(lasting.begin(), lasting.end(),
                     [&](const auto& one) { return key.starts_with(one.key); });
}

}  // namespace

ReloadPlan plan_reload(const config::Config& current, const config::Config& wanted) {
  ReloadPlan plan{wanted, {}, {}};
  for (const auto& one : lasting) one.keep(plan.active_config, current);
  for (auto& change : admin::config_changes(current, wanted))
    (lasts(change.key) ? plan.postponed : plan.applied).push_back(std::move(change));
  return plan;
}

}  // namespace ccnproxy::daemon
