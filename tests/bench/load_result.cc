#include "load_result.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

namespace ccnproxy::bench {
namespace {

constexpr std::array<const char*, load_error_kinds> error_names = {
    "connect", "reset", "early_close", "framing", "status", "length", "timeout"};

/// Nearest rank: the smallest value that at least this share of all values does not exceed.
double percentile_us(const std::vector<std::uint64_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]) / 1000.0;
}

std::string errors_json(const LoadResult& result) {
  std::ostringstream out;
  for (std::size_t i = 0; i < load_error_kinds; ++i) {
    out << (i == 0 ? "{" : ", ") << '"' << error_names[i] << "\": " << result.errors[i];
  }
  out << "}";
  return out.str();
}

}  // namespace

std::uint64_t LoadResult::failed() const {
  return std::accumulate(errors.begin(), errors.end(), std::uint64_t{0});
}

std::string to_json(LoadResult result) {
  auto& sorted = result.latencies_ns;
  std::sort(sorted.begin(), sorted.end());
  const double seconds = static_cast<double>(result.elapsed_ns) / 1e9;
  const double rate = seconds > 0 ? static_cast<double>(sorted.size()) / seconds : 0;
  std::ostringstream out;
  out << "{\"completed\": " << sorted.size() << ", \"failed\": " << result.failed()
      << ", \"errors\": " << errors_json(result) << ", \"seconds\": " << seconds
      << ", \"rps\": " << rate << ", \"p50_us\": " << percentile_us(sorted, 0.5)
      << ", \"p90_us\": " << percentile_us(sorted, 0.9)
      << ", \"p99_us\": " << percentile_us(sorted, 0.99)
      << ", \"max_us\": " << percentile_us(sorted, 1.0) << ", \"bytes\": " << result.bytes
      << ", \"connections_opened\": " << result.connections_opened
      << ", \"watched_ns\": " << result.watched_ns << ", \"own_ns\": " << result.own_ns << "}";
  return out.str();
}

}  // namespace ccnproxy::bench
