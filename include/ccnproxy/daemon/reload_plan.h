#pragma once

#include <string>
#include <vector>

#include "ccnproxy/admin/config_changes.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// What becomes of a configuration that is read while the daemon runs.
struct ReloadPlan {
  config::Config in_force;                     ///< what holds from now on
  std::vector<admin::ConfigChange> applied;    ///< in it, against what held before
  std::vector<admin::ConfigChange> postponed;  ///< what only the next start can change
};

/// All that is wanted but what a process has for its life (listeners, threads, log files), which
/// stays as it is. Pure.
ReloadPlan plan_reload(const config::Config& current, const config::Config& wanted);

}  // namespace ccnproxy::daemon
