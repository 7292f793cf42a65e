#include "ccnproxy/pool/learned_limits.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ccnproxy::pool {
namespace {

constexpr Duration same_moment = std::chrono::milliseconds(200);
/// What follows each other for longer is no restart.
constexpr Duration longest_moment = std::chrono::seconds(5);
constexpr Duration lesson_lasts = std::chrono::hours(1);
/// So short an unused limit may be an outage behind a balancer, which ends: it is looked at again
/// sooner.
constexpr double brief_unused = 5;
constexpr Duration brief_lesson_lasts = std::chrono::minutes(10);
/// A connection that had a request within the first was not ended for being idle; within the
/// second, it may have been or not.
constexpr Duration hardly_idle = std::chrono::milliseconds(10);
constexpr Duration surely_idle = std::chrono::milliseconds(500);
/// A connection that is ended sooner than this without a request is a dial that failed.
constexpr Duration least_unused = std::chrono::milliseconds(200);
/// So many cuts within this time are a habit.
constexpr std::uint32_t cuts_believed = 3;
constexpr Duration cuts_within = std::chrono::minutes(1);

// How far two values may be apart to agree. Idle times and counts are kept exactly by origins, ages
// are often jittered.
constexpr double idle_tolerance = 0.1;
constexpr double age_tolerance = 0.1;
constexpr double requests_tolerance = 0.05;
constexpr double time_tolerance = 0.01;  // seconds: what a loop and a network make of the same time

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

bool LearnedLimits::Lesson::note(double value, double tolerance, TimePoint now) {
  const auto agrees = [&](double other) {
    const auto apart = std::abs(value - other);
    return apart <= tolerance * std::max(value, other) || apart <= time_tolerance;
  };
  const auto before = std::exchange(last, value);
  if (agreed && agrees(*agreed)) {
    believe(std::min(*agreed, value), now);
  } else if (before >= 0 && agrees(before)) {
    believe(std::min(value, before), now);
  } else {
    return false;
  }
  return true;
}

void LearnedLimits::Lesson::believe(double value, TimePoint now) {
  agreed = value;
  agreed_at = now;
}

std::optional<double> LearnedLimits::Lesson::value(TimePoint now) const {
  return agreed && now - agreed_at < lesson_lasts ? agreed : std::nullopt;
}

LearnedLimits& LearnedLimits::operator=(const LearnedLimits& other) {
  if (!other.lessons_) {
    lessons_.reset();
  } else if (lessons_) {
    *lessons_ = *other.lessons_;
  } else {
    lessons_ = std::make_unique<Lessons>(*other.lessons_);
  }
  return *this;
}

LearnedLimits::Lessons& LearnedLimits::lessons() {
  if (!lessons_) lessons_ = std::make_unique<Lessons>();
  return *lessons_;
}

/// A restart ends what stands in quick succession; what was made since is another matter.
bool LearnedLimits::is_new_moment(const OriginClose& close, TimePoint now) {
  auto& l = lessons();
  const auto before = std::exchange(l.last_close, now);
  const bool goes_on = before && now - *before < same_moment && now - l.moment < longest_moment;
  if (goes_on && now - close.age < l.moment) return false;
  l.moment = now;
  return true;
}

bool LearnedLimits::note_cut(const OriginClose& close, TimePoint now) {
  auto& l = lessons();
  const auto carried = static_cast<double>(close.requests);
  if (l.cuts == 0 || now - l.first_cut >= cuts_within) {
    l.cuts = 0;
    l.first_cut = now;
    l.least_before_cut = carried;
  }
  l.least_before_cut = std::min(l.least_before_cut, carried);
  if (++l.cuts < cuts_believed) return false;
  const auto known = l.requests.value(now);
  l.requests.believe(std::min(known.value_or(carried), l.least_before_cut), now);
  return true;
}

/// An end while idle is about idleness, one just after a request about their number or about age.
bool LearnedLimits::note(const OriginClose& close, TimePoint now) {
  if (!is_new_moment(close, now)) return false;
  auto& l = lessons();
  const auto idle = seconds(close.idle);
  if (close.requests == 0) {
    return close.idle >= least_unused && l.unused.note(idle, idle_tolerance, now);
  }
  if (close.idle >= hardly_idle) {
    const bool agrees = l.idle.note(idle, idle_tolerance, now);
    if (agrees || close.idle >= surely_idle) return agrees;
  }
  bool learnt = l.requests.note(static_cast<double>(close.requests), requests_tolerance, now);
  if (close.age >= surely_idle) learnt |= l.age.note(seconds(close.age), age_tolerance, now);
  if (close.cut) learnt |= note_cut(close, now);
  return learnt;
}

CloseLimits LearnedLimits::limits(TimePoint now) const {
  CloseLimits limits;
  if (!lessons_) return limits;
  if (const auto idle = lessons_->idle.value(now)) limits.idle = duration(*idle);
  const auto& unused = lessons_->unused;
  const bool stale = unused.agreed && *unused.agreed < brief_unused &&
                     now - unused.agreed_at >= brief_lesson_lasts;
  if (const auto value = unused.value(now); value && !stale) limits.unused = duration(*value);
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
