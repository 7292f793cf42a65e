#pragma once

#include <string>
#include <vector>

#include "sim/simulation.h"

namespace ccnproxy::sim {

/// Markdown: a line for each trace and policy.
std::string table_by_trace(const std::vector<Comparison>& all);
/// Markdown: a line for each habit of origins and policy, all traces together.
std::string table_by_habit(const std::vector<Comparison>& all);
/// `part` of `whole` in per cent, as exact as is worth reading.
std::string percent(std::uint64_t part, std::uint64_t whole);
std::string rounded(double value, int digits);

}  // namespace ccnproxy::sim
