#pragma once

#include <string>
#include <vector>

#include "ccnproxy/admin/config_changes.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// The changes that a reload applies, and those that need a restart.
struct ReloadPlan {
  config::Config active_config;                ///< what holds from now on
  std::vector<admin::ConfigChange> applied;    ///< in it, against what held before
  std::vector<admin::ConfigChange> postponed;  ///< what only the next start can change
};

/// Plans a reload: takes all of `wanted` but what a process keeps for its life (listeners, threads,
/// log files). Pure.
ReloadPlan plan_reload(const config::Config& current, const config::Config& wanted);

}  // namespace ccnproxy::daemon
