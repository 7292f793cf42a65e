#pragma once

#include <memory>

#include "ccnproxy/daemon/shared.h"

namespace ccnproxy::daemon {

/// What holds, as the main thread knows it: who lives on that thread refers to this and sees it
/// change. Workers have shares of `shared` and go on when they are told.
struct InForce {
  std::shared_ptr<const Shared> shared;

  /// Until the next reload.
  const config::Config& config() const noexcept { return shared->config(); }
};

}  // namespace ccnproxy::daemon
