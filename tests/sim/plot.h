#pragma once

#include <string>
#include <vector>

#include "sim/simulation.h"

namespace ccnproxy::sim {

/// An SVG of the table: for each trace and policy the requests that found no connection ready, the
/// connections held for it, and the dials.
std::string plot(const std::vector<Comparison>& all);

}  // namespace ccnproxy::sim
