#pragma once

#include <string>

#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// The configuration in force as a file that config::load_text() reads back to an equal Config:
/// every key of the schema, defaults included, each entry of `overrides:` with all that holds for
/// it. Names files (certificates, keys), never shows what is in them; no key holds a secret itself.
std::string config_yaml(const config::Config& config);

}  // namespace ccnproxy::admin
