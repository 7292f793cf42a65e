#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace ccnproxy::bench {

/// Why a request did not count as completed.
enum class LoadError {
  Connect,     ///< the connection was refused or failed
  Reset,       ///< the connection broke under the request
  EarlyClose,  ///< closed before the response was complete, or without any
  Framing,     ///< what came is not the one HTTP/1.1 response that was asked for
  Status,      ///< complete, but with another status than expected
  Length,      ///< complete, but with another body length than expected
  Timeout,     ///< no complete response within the drain time
};

constexpr std::size_t load_error_kinds = 7;

/// What a run found out.
struct LoadResult {
  std::vector<std::uint64_t> latencies_ns;  ///< one a completed request, in order of completion
  std::array<std::uint64_t, load_error_kinds> errors{};
  std::uint64_t connections_opened = 0;
  std::uint64_t bytes = 0;       ///< body bytes, both directions, of completed requests
  std::uint64_t elapsed_ns = 0;  ///< from the first request to the last answer
  std::uint64_t watched_ns = 0;  ///< scheduler time of the watched processes meanwhile
  std::uint64_t own_ns = 0;      ///< scheduler time of the load generator itself

  void count(LoadError kind) { ++errors[static_cast<std::size_t>(kind)]; }
  std::uint64_t failed() const;
};

/// One JSON object on one line; latencies in microseconds.
std::string to_json(LoadResult result);

}  // namespace ccnproxy::bench
