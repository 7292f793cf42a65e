#pragma once

#include "ccnproxy/pool/pool_report.h"
#include "ccnproxy/pool/pooled_connection.h"

namespace ccnproxy::pool {

/// A pooled connection as it is shown to people at `now`, when its end is planned so.
ConnectionReport report_of(const PooledConnection& c, const PlannedEnd& end, TimePoint now);

}  // namespace ccnproxy::pool
