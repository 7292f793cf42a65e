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

constexpr std::array<Lasting, 10> lasting = {{
    {"listeners", [](auto& in, const auto& of) { in.listeners = of.listeners; }},
    {"admin.address", keep_admin_socket},
    {"admin.mode", keep_admin_socket},
    {"admin.owner", keep_admin_socket},
    {"admin.group", keep_admin_socket},
    {"pid_file", [](auto& in, const auto& of) { in.pid_file = of.pid_file; }},
    {"workers", [](auto& in, const auto& of) { in.workers = of.workers; }},
    {"coalesce", [](auto& in, const auto& of) { in.coalesce = of.coalesce; }},
    {"upstream", [](auto& in, const auto& of) { in.upstream = of.upstream; }},
    {"log.access.", [](auto& in, const auto& of) { in.log.access = of.log.access; }},
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
