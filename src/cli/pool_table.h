#pragma once

#include <string>
#include <string_view>

#include "ccnproxy/base/error.h"

namespace ccnproxy::cli {

/// What `ccnproxy status` prints of the admin endpoint's /pools: the verdict, a line of sums, then
/// a line for each origin, all workers together, the worst health first. What a daemon of another
/// version does not say is shown as none. With `colour`, what is as it should be or not is seen at
/// a glance. An error if it is not JSON of that kind at all. Pure.
Result<std::string> pool_table(std::string_view pools_json, bool colour = false);

/// Whether /pools names an origin in this state (`degraded`, `failing`, `unreachable`) or a worse
/// one. What is not JSON of that kind is a problem, too. Pure.
bool has_problem(std::string_view pools_json, std::string_view at_least);

}  // namespace ccnproxy::cli
