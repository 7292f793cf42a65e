#include "ccnproxy/observe/metrics.h"

#include <numeric>

namespace ccnproxy::observe {

void Histogram::add(std::chrono::nanoseconds value) noexcept {
  const auto seconds = std::chrono::duration<double>(value).count();
  std::size_t bucket = 0;
  while (bucket + 1 < buckets && seconds > bound(bucket)) ++bucket;
  ++counts_[bucket];
  sum_ns_ += static_cast<std::uint64_t>(std::max<std::int64_t>(0, value.count()));
}

void Histogram::add(const Histogram& other) noexcept {
  for (std::size_t i = 0; i < buckets; ++i) counts_[i] += other.counts_[i];
  sum_ns_ += other.sum_ns_;
}

std::uint64_t Histogram::total() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::string_view to_string(DialCause cause) noexcept {
  constexpr std::array<std::string_view, dial_causes> words = {"request", "warm", "replace"};
  return words[static_cast<std::size_t>(cause)];
}

std::string_view to_string(WaitResult result) noexcept {
  constexpr std::array<std::string_view, wait_results> words = {"ready", "waited", "dialed"};
  return words[static_cast<std::size_t>(result)];
}

void CountsByText::add(std::string_view key, std::uint64_t n) {
  auto found = counts_.find(key);
  if (found == counts_.end()) {
    if (counts_.size() >= most) key = "other";
    found = counts_.try_emplace(std::string(key), 0).first;
  }
  found->second += n;
}

void OriginMetrics::add(const OriginMetrics& other) {
  for (std::size_t i = 0; i < waits.size(); ++i) waits[i] += other.waits[i];
  for (std::size_t r = 0; r < handshakes.size(); ++r) {
    for (std::size_t c = 0; c < dial_causes; ++c) handshakes[r][c] += other.handshakes[r][c];
  }
  failed_dials += other.failed_dials;
  for (const auto& [reason, n] : other.closed.all()) closed.add(reason, n);
  for (std::size_t i = 0; i < retries.size(); ++i) retries[i] += other.retries[i];
  for (std::size_t i = 0; i < hedges.size(); ++i) hedges[i] += other.hedges[i];
  for (const auto& [status, n] : other.requests) requests[status] += n;
  for (const auto& [error, n] : other.errors) errors[error] += n;
  response_head.add(other.response_head);
  bytes_in += other.bytes_in;
  bytes_out += other.bytes_out;
}

}  // namespace ccnproxy::observe
