#pragma once

#include <string>

#include "ccnproxy/admin/pools_query.h"
#include "ccnproxy/admin/source.h"

namespace ccnproxy::admin {

/// The answer of /pools (docs/admin.md): one JSON object in one line with a final newline.
std::string pools_json(const Reports& reports, const PoolsQuery& query = {},
                       const Readiness& readiness = {});

}  // namespace ccnproxy::admin
