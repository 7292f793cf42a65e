#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// A changed key.
struct ConfigChange {
  std::string key;
  std::string text;  ///< `1h -> 30m`; of a list what came and what went: `+ a, - b`

  bool operator==(const ConfigChange&) const = default;
};

/// The differences of two configurations, in the order and form of config_yaml(). An override's key
/// that only follows the general one is not listed; a key of an override that was added or removed
/// is, if it changes anything for the origins that it matches. Long values are cut. Pure.
std::vector<ConfigChange> config_changes(const config::Config& before, const config::Config& after);

}  // namespace ccnproxy::admin
