#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// One key of a configuration, as config_yaml() shows it.
struct ConfigEntry {
  /// `pool.max_age`, `labels.x`, `listeners[0].address`, `overrides[api.example.com].tls.ca_file`
  std::string key;
  std::string value;
  std::vector<std::string> items;  ///< of a list, each as in `value`

  bool operator==(const ConfigEntry&) const = default;
};

/// All of a configuration, in the order of config_yaml() and with what that masks masked.
std::vector<ConfigEntry> config_entries(const config::Config& config);

}  // namespace ccnproxy::admin
