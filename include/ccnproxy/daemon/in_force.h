#pragma once

#include <memory>

#include "ccnproxy/daemon/shared.h"

namespace ccnproxy::daemon {

/// The active configuration as the main thread sees it: objects of that thread refer to this, and
/// see it change. Each worker holds a share of `shared` and switches when it is told.
struct InForce {
  std::shared_ptr<const Shared> shared;

  /// Valid until the next reload.
  const config::Config& config() const noexcept { return shared->config(); }
};

}  // namespace ccnproxy::daemon
