#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>

#include "ccnproxy/base/error.h"
#include "ccnproxy/observe/access_record.h"
#include "ccnproxy/observe/metrics.h"
#include "ccnproxy/observe/recent_durations.h"

namespace ccnproxy::observe {

inline constexpr std::size_t error_types =
    static_cast<std::size_t>(ErrorType::proxy_loop_detected) + 1;
inline constexpr std::size_t sides = static_cast<std::size_t>(Side::us) + 1;
inline constexpr std::size_t phases = static_cast<std::size_t>(Phase::response) + 1;

/// The counters of one worker that belong to no origin. Belongs to the worker's thread, where
/// reports copy it. Values only grow, except for `recent`.
///
/// For each request, when its record is logged: its durations, its bytes, its error if any, and its
/// status here if no origin was found for it, else in the origin's OriginMetrics::requests.
struct WorkerMetrics {
  Histogram request_duration;  ///< from a request's first byte to the last of its response
  Histogram connection_wait;   ///< of requests that got a connection: from asking for it
  /// Of the dials that requests waited for, and of which those are a part of the wait.
  Histogram connect_dns, connect_tcp, connect_tls;
  std::array<std::uint64_t, error_types> errors{};                  ///< by ErrorType
  std::array<std::array<std::uint64_t, phases>, sides> failures{};  ///< the same, [side][phase]
  std::uint64_t bytes_in_without_origin = 0;   ///< body bytes from clients, of these requests
  std::uint64_t bytes_out_without_origin = 0;  ///< body bytes to clients
  std::map<std::uint16_t, std::uint64_t> requests_without_origin;  ///< by status
  RecentDurations recent;  ///< as request_duration; told of as it is at a moment, never added up

  void count_error(const Error& error) noexcept {
    ++errors[static_cast<std::size_t>(error.type)];
    ++failures[static_cast<std::size_t>(error.side)][static_cast<std::size_t>(error.phase)];
  }
  void count_timings(const Timings& timings) noexcept;
  void add(const WorkerMetrics& other);
};

}  // namespace ccnproxy::observe
