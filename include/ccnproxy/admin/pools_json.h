#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/admin/worker_report.h"

namespace ccnproxy::admin {

/// The answer of /pools (docs/admin.md): one JSON object in one line with a final newline. `only`
/// is an origin as a person writes it (https://Host:443/ is https://host), or empty for all.
std::string pools_json(const Reports& reports, std::string_view only = "");

}  // namespace ccnproxy::admin
