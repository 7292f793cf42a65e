#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <boost/container/flat_map.hpp>

#include "ccnproxy/base/error.h"

namespace ccnproxy::observe {

/// Durations by upper bounds that double from 1 ms to 65 s, as Prometheus counts them: each bucket
/// alone, to be summed up when shown.
class Histogram {
 public:
  static constexpr std::size_t buckets = 18;  ///< the last one: longer than all bounds

  void add(std::chrono::nanoseconds value) noexcept;
  void add(const Histogram& other) noexcept;
  /// Upper bound of a bucket but the last, in seconds.
  static double bound(std::size_t bucket) noexcept {
    return 0.001 * static_cast<double>(1U << bucket);
  }
  std::uint64_t count(std::size_t bucket) const noexcept { return counts_[bucket]; }
  std::uint64_t total() const noexcept;
  double sum_seconds() const noexcept { return 1e-9 * static_cast<double>(sum_ns_); }
  /// Whole numbers, so that sums over pools are the same in any order and never go backwards.
  std::uint64_t sum_nanoseconds() const noexcept { return sum_ns_; }

 private:
  std::array<std::uint64_t, buckets> counts_{};
  std::uint64_t sum_ns_ = 0;
};

/// Why a connection to an origin was dialled.
enum class DialCause : std::uint8_t {
  request,  ///< a request waits for it
  warm,     ///< to be ready ahead of need
  replace,  ///< in the place of one that will go
};
inline constexpr std::size_t dial_causes = 3;
std::string_view to_string(DialCause) noexcept;

/// What a request found when it asked for a connection.
enum class WaitResult : std::uint8_t {
  ready,   ///< a connection stood open for it
  waited,  ///< one that was open, or on its way already, became free
  dialed,  ///< a connection was dialled for it
};
inline constexpr std::size_t wait_results = 3;
std::string_view to_string(WaitResult) noexcept;

/// Counters by a short text, bounded in number: what comes beyond the bound is counted as `other`.
class CountsByText {
 public:
  static constexpr std::size_t most = 32;
  void add(std::string_view key, std::uint64_t n = 1);
  using Counts = boost::container::flat_map<std::string, std::uint64_t, std::less<>>;
  const Counts& all() const noexcept { return counts_; }

 private:
  Counts counts_;
};

/// The counters of one origin in one worker. Belongs to the worker's thread, where reports copy it.
struct OriginMetrics {
  std::array<std::uint64_t, wait_results> waits{};
  std::array<std::array<std::uint64_t, dial_causes>, 2> handshakes{};  ///< [resumed][cause]
  std::uint64_t failed_dials = 0;
  CountsByText closed;                                                ///< by reason
  std::array<std::uint64_t, 5> retries{};                             ///< by Proof
  std::array<std::uint64_t, 2> hedges{};                              ///< [won]
  boost::container::flat_map<std::uint16_t, std::uint64_t> requests;  ///< by status
  /// Requests that ended in one, by side and type.
  boost::container::flat_map<std::pair<Side, ErrorType>, std::uint64_t> errors;
  Histogram response_head;
  std::uint64_t bytes_in = 0;   ///< of bodies, from clients
  std::uint64_t bytes_out = 0;  ///< of bodies, to clients

  void add(const OriginMetrics& other);
};

}  // namespace ccnproxy::observe
