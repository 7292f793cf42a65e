#pragma once

#include <vector>

#include "ccnproxy/config/upstream.h"

namespace ccnproxy::config {

/// Addresses that can't be listened on, alone or beside each other: of the listeners, and of the
/// admin endpoint. `admin_given`: its address was chosen, and is not the default.
std::vector<ConfigConflict> listener_conflicts(const Config& config, bool admin_given);

}  // namespace ccnproxy::config
