#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "sim/books.h"
#include "sim/trace.h"

namespace ccnproxy::sim {

enum class Policy : std::uint8_t { ready, chocon, nginx };
inline constexpr std::array policies = {Policy::ready, Policy::chocon, Policy::nginx};
std::string_view to_string(Policy policy);

struct Result {
  Books books;
  std::size_t left = 0;  ///< origins at which something was left when all had been stopped
  bool operator==(const Result&) const = default;
};

/// Plays a trace to a policy. The same seed gives the same origins and requests, whatever the
/// policy, and so the same result.
Result simulate(const Trace& trace, Policy policy, std::uint64_t seed);

/// One trace with each policy, in the order of `policies`.
struct Comparison {
  Trace trace;
  std::vector<Result> results;
};
std::vector<Comparison> compare(const std::vector<Trace>& traces, std::uint64_t seed);

}  // namespace ccnproxy::sim
