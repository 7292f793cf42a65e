#include "ccnproxy/pool/circuit_breaker.h"

#include <algorithm>

namespace ccnproxy::pool {

std::optional<Duration> CircuitBreaker::refuses(TimePoint now, bool has_connection) {
  if (is_closed()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (is_closed() || (cause_ == Cause::dials && has_connection)) return std::nullopt;
  if (begin_try(now)) return std::nullopt;
  return next_ - now;
}

/// A try that is lost, its client having left, is followed by another.
bool CircuitBreaker::begin_try(TimePoint now) {
  if (now < next_) return false;
  tried_at_ = now;
  next_ = now + wait_;
  become(State::half_open);
  return true;
}

bool CircuitBreaker::on_timeout(Cause cause, TimePoint began, TimePoint now, std::uint32_t random,
                                const config::Breaker& terms) {
  if (terms.failures == 0) return false;
  const std::lock_guard lock(mutex_);
  if (!counts(cause, began)) return false;
  if (cause == Cause::dials) failed_at_ = now;
  has_failures_.store(true,
                      std::memory_order_relaxed);  // on_answer() on another thread may be late
  const auto n = ++failures(cause);
  const bool was_closed = is_closed();
  if (was_closed && n < terms.failures) return false;
  if (was_closed) {
    cause_ = cause;
    opened_at_ = now;
  }
  wait_ = was_closed ? terms.probe : std::min(wait_ * 2, std::max(terms.probe, terms.probe_max));
  tried_at_ = now;
  open(now, random);
  return was_closed;
}

/// Dials that were under way together fail together, and what began before the last try says
/// nothing of it. While requests are refused for want of answers, a dial says nothing either.
bool CircuitBreaker::counts(Cause cause, TimePoint began) const {
  if (!is_closed()) return cause == cause_ && began >= tried_at_;
  return cause == Cause::answers || began >= failed_at_;
}

void CircuitBreaker::open(TimePoint now, std::uint32_t random) {
  next_ = now + wait_ - wait_ / 4 / 256 * (random & 0xff);
  become(State::open);
}

bool CircuitBreaker::on_dialed() {
  if (!has_failures_.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(mutex_);
  return close_after(Cause::dials);
}

bool CircuitBreaker::on_answer() {
  if (!has_failures_.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(mutex_);
  const bool dials = close_after(Cause::dials);
  return close_after(Cause::answers) || dials;
}

bool CircuitBreaker::close_after(Cause cause) {
  failures(cause) = 0;
  has_failures_.store(failures_[0] + failures_[1] > 0, std::memory_order_relaxed);
  if (is_closed() || cause_ != cause) return false;
  become(State::closed);
  return true;
}

BreakerReport CircuitBreaker::report(TimePoint now) const {
  const std::lock_guard lock(mutex_);
  BreakerReport report;
  report.state = state_.load(std::memory_order_relaxed);
  report.cause = cause_;
  report.failures = failures_[static_cast<std::size_t>(cause_)];
  if (report.state == State::closed) return report;
  report.open_for = now - opened_at_;
  report.next_try = std::max(Duration(0), next_ - now);
  return report;
}

}  // namespace ccnproxy::pool
