#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/admin/pools_query.h"
#include "ccnproxy/admin/source.h"

namespace ccnproxy::admin {

/// Answer of /pools (docs/admin.md): one JSON object in one line with a final newline. `host` is
/// the name of the machine.
std::string pools_json(const Reports& reports, const PoolsQuery& query = {},
                       const Readiness& readiness = {}, std::string_view host = {});

}  // namespace ccnproxy::admin
