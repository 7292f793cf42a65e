#include "ccnproxy/pool/hedges.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;

/// Beside a round trip: answers differ by so much without anything being lost.
constexpr Duration least_margin = milliseconds(1);
constexpr int margins_in_a_round_trip = 16;

}  // namespace

void AnswerTimes::note(Duration time) noexcept {
  const auto ms = std::chrono::duration<double, std::milli>(time).count();
  const auto step = std::log2(std::max(ms, shortest_ms) / shortest_ms) * steps_to_double;
  ++counts_[std::min(steps - 1, static_cast<std::size_t>(step))];
  if (++total_ >= halved_at) halve();
}

void AnswerTimes::halve() noexcept {
  total_ = 0;
  for (auto& count : counts_) total_ += count /= 2;
}

std::optional<Duration> AnswerTimes::quantile(double share) const noexcept {
  if (total_ < least) return std::nullopt;
  const auto wanted = share * static_cast<double>(total_);
  std::size_t seen = 0;
  std::size_t step = 0;
  while (step + 1 < steps && static_cast<double>(seen += counts_[step]) < wanted) ++step;
  const auto bound = shortest_ms * std::exp2(static_cast<double>(step + 1) / steps_to_double);
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(bound));
}

void Hedges::on_request(const config::Hedging& settings) noexcept {
  tokens_ = std::min(most, tokens_ + settings.budget / 100);
}

std::optional<Duration> Hedges::late_after(const config::Hedging& settings,
                                           Duration rtt) const noexcept {
  if (settings.after) return settings.after;
  const auto usual = times_.quantile(0.95);
  if (!usual) return std::nullopt;
  return *usual + std::max(least_margin, rtt / margins_in_a_round_trip);
}

}  // namespace ccnproxy::pool
