#pragma once

#include <string>
#include <vector>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {

/// What `ccnproxy check --json` prints: one JSON object in one line, with `file` ("" where the
/// defaults were checked), `ok`, each of the `mistakes`, and of the `warnings` if there are any.
/// Pure.
std::string check_json(const std::string& file, const std::vector<Mistake>& mistakes,
                       const std::vector<Mistake>& warnings = {});

}  // namespace ccnproxy::config
