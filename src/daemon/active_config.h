#pragma once

#include <memory>

#include "ccnproxy/daemon/worker_config.h"

namespace ccnproxy::daemon {

/// The active configuration as the main thread sees it: objects of that thread refer to this, and
/// see it change. Each worker holds a share of `shared` and switches when it is told.
struct ActiveConfig {
  std::shared_ptr<const WorkerConfig> worker_config;

  /// Valid until the next reload.
  const config::Config& config() const noexcept { return worker_config->config(); }
};

}  // namespace ccnproxy::daemon
