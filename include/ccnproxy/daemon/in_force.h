#pragma once

#include <memory>

#include "ccnproxy/config/config.h"
#include "ccnproxy/daemon/shared.h"

namespace ccnproxy::daemon {

/// The configuration that holds, as the main thread knows it: who lives on that thread refers to
/// this one and sees it change. Workers have shares of `shared` and go on when they are told.
struct InForce {
  config::Config config;
  std::shared_ptr<const Shared> shared;
};

}  // namespace ccnproxy::daemon
