#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// A key that is not what it was.
struct ConfigChange {
  std::string key;
  std::string text;  ///< `1h -> 30m`; of a list what came and what went: `+ a, - b`

  bool operator==(const ConfigChange&) const = default;
};

/// What is different, in the order of config_yaml() and as that shows it. An override's key that
/// only follows the general one is not named; one of an override that came or went is, where it
/// makes a difference for the origins that it matches. Long values are cut. Pure.
std::vector<ConfigChange> config_changes(const config::Config& before, const config::Config& after);

}  // namespace ccnproxy::admin
