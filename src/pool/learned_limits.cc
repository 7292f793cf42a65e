#include "ccnproxy/pool/learned_limits.h"

#include <algorithm>
#include <cmath>

namespace ccnproxy::pool {
namespace {

constexpr Duration same_moment = std::chrono::milliseconds(200);
constexpr Duration lesson_lasts = std::chrono::hours(1);
/// A connection that had a request within this time was not ended for being idle.
constexpr Duration hardly_idle = std::chrono::milliseconds(500);

// How far two values may be apart to agree. Idle times and counts are kept exactly by origins, ages
// are often jittered.
constexpr double idle_tolerance = 0.1;
constexpr double age_tolerance = 0.1;
constexpr double requests_tolerance = 0.05;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
Duration duration(double s) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s));
}

template <class T>
std::optional<T> lesser(const std::optional<T>& a, const std::optional<T>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

void LearnedLimits::Lesson::note(double value, double tolerance, TimePoint now) {
  const auto agrees = [&](double other) {
    return std::abs(value - other) <= tolerance * std::max(value, other);
  };
  if (agreed && agrees(*agreed)) {
    agreed = std::min(*agreed, value);
    agreed_at = now;
  } else if (last >= 0 && agrees(last)) {
    agreed = std::min(value, last);
    agreed_at = now;
  }
  last = value;
}

std::optional<double> LearnedLimits::Lesson::value(TimePoint now) const {
  return agreed && now - agreed_at < lesson_lasts ? agreed : std::nullopt;
}

LearnedLimits::Lessons& LearnedLimits::lessons() {
  if (!lessons_) lessons_ = std::make_unique<Lessons>();
  return *lessons_;
}

/// An end while idle is about idleness, one just after a request about their number or about age.
void LearnedLimits::note(const OriginClose& close, TimePoint now) {
  auto& [idle, unused, age, requests, last_close] = lessons();
  const bool together = last_close && now - *last_close < same_moment;
  last_close = now;
  if (together) return;
  if (close.idle >= hardly_idle)
    return (close.requests == 0 ? unused : idle).note(seconds(close.idle), idle_tolerance, now);
  if (close.requests > 0)
    requests.note(static_cast<double>(close.requests), requests_tolerance, now);
  if (close.age >= hardly_idle) age.note(seconds(close.age), age_tolerance, now);
}

CloseLimits LearnedLimits::limits(TimePoint now) const {
  CloseLimits limits;
  if (!lessons_) return limits;
  if (const auto idle = lessons_->idle.value(now)) limits.idle = duration(*idle);
  if (const auto unused = lessons_->unused.value(now)) limits.unused = duration(*unused);
  if (const auto age = lessons_->age.value(now)) limits.age = duration(*age);
  if (const auto requests = lessons_->requests.value(now))
    limits.requests = static_cast<std::uint64_t>(*requests);
  return limits;
}

void LearnedLimits::recall(const CloseLimits& limits, TimePoint now) {
  const auto take = [&](Lesson& lesson, double value) {
    lesson.agreed = lesson.last = value;
    lesson.agreed_at = now;
  };
  if (limits.idle) take(lessons().idle, seconds(*limits.idle));
  if (limits.unused) take(lessons().unused, seconds(*limits.unused));
  if (limits.age) take(lessons().age, seconds(*limits.age));
  if (limits.requests) take(lessons().requests, static_cast<double>(*limits.requests));
}

CloseLimits tightest(const CloseLimits& a, const CloseLimits& b) {
  return {lesser(a.idle, b.idle), lesser(a.unused, b.unused), lesser(a.age, b.age),
          lesser(a.requests, b.requests)};
}

}  // namespace ccnproxy::pool
