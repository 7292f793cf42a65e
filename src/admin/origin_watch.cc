#include "ccnproxy/admin/origin_watch.h"

#include <utility>

namespace ccnproxy::admin {
namespace {

bool is_bad(Health health) { return health == Health::failing || health == Health::unreachable; }

/// `5 min 20 s`: the two largest units, for a person.
std::string long_time(Duration time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  const auto two = [](std::int64_t large, const char* unit, std::int64_t small, const char* rest) {
    const auto text = std::to_string(large) + unit;
    return small == 0 ? text : text + ' ' + std::to_string(small) + rest;
  };
  if (seconds < 60) return std::to_string(seconds) + " s";
  if (seconds < 3600) return two(seconds / 60, " min", seconds % 60, " s");
  return two(seconds / 3600, " h", seconds / 60 % 60, " min");
}

/// Failing dials go on by themselves, requests only when clients send some.
TimePoint last_evidence(const OriginFacts& facts, TimePoint now) {
  const auto& failure = facts.outcomes.last_failure;
  return facts.dials_failing_for || !failure ? now : now - failure->ago;
}

bool is_back(const OriginFacts& facts, Health was, TimePoint last_bad, TimePoint now) {
  if (facts.outcomes.answered_ago && now - *facts.outcomes.answered_ago > last_bad) return true;
  return was == Health::unreachable && facts.open > 0 && !facts.dials_failing_for;
}

std::string text_of_trouble(const OriginHealth& one, Duration lasting) {
  return "origin " + one.origin + " has been " + std::string(to_string(one.verdict.health)) +
         " for " + long_time(lasting) + ": " + reason_of(one) + ". To try it: ccnproxy probe " +
         one.origin;
}

std::string text_of_recovery(const OriginHealth& one, Health was, Duration lasted) {
  auto text = "origin " + one.origin + " has recovered: it was " + std::string(to_string(was)) +
              " for " + long_time(lasted);
  if (one.verdict.health == Health::degraded) text += ", and is degraded now: " + reason_of(one);
  return text;
}

std::string text_of_silence(const std::string& origin, Health was) {
  return "origin " + origin + " was " + std::string(to_string(was)) +
         " and has had no request for an hour: whether it has recovered is unknown";
}

}  // namespace

std::vector<OriginWatch::Line> OriginWatch::look(const OriginsHealth& health, TimePoint now) {
  too_many_ = unwatched_ = 0;
  for (const auto& one : health.problems()) {
    if (is_bad(one.verdict.health)) note_bad(one, now);
  }
  for (auto& [origin, trouble] : troubles_) {
    const auto* known = health.find(origin);
    if (!known || !is_bad(known->verdict.health)) note_well(origin, trouble, known, now);
  }
  sum_up(now);
  forget_ended(now);
  return std::exchange(lines_, {});
}

void OriginWatch::note_bad(const OriginHealth& one, TimePoint now) {
  auto found = troubles_.find(one.origin);
  const bool is_new = found == troubles_.end();
  if (is_new && troubles_.size() >= most_watched) {
    ++unwatched_;
    return;
  }
  if (is_new) found = troubles_.emplace(one.origin, Trouble{}).first;
  auto& trouble = found->second;
  if (is_new || trouble.state == State::recovered) {
    trouble.state = State::suspected;
    trouble.began = now - one.verdict.since.value_or(Duration(0));
  } else {
    advance_bad(one, trouble, now);
  }
  trouble.health = one.verdict.health;
  trouble.last_bad = last_evidence(one.facts, now);
}

void OriginWatch::advance_bad(const OriginHealth& one, Trouble& trouble, TimePoint now) {
  switch (trouble.state) {
    case State::suspected:
    case State::untold:
      return try_to_tell(one, trouble, now);
    case State::calming:
      trouble.state = State::told;
      return;
    case State::told:
    case State::recovered:
      return;
  }
}

void OriginWatch::try_to_tell(const OriginHealth& one, Trouble& trouble, TimePoint now) {
  trouble.state = State::untold;
  if (trouble.told_at && now - *trouble.told_at < per_origin) return;
  if (!may_warn(now)) {
    ++too_many_;
    return;
  }
  trouble.state = State::told;
  trouble.told_at = now;
  lines_.push_back({true, text_of_trouble(one, now - trouble.began)});
}

bool OriginWatch::may_warn(TimePoint now) {
  if (warnings_ == 0 || now - minute_began_ >= per_origin) {
    minute_began_ = now;
    warnings_ = 0;
  }
  if (warnings_ >= most_warnings) return false;
  ++warnings_;
  return true;
}

/// A trouble that no line told of ends without one.
void OriginWatch::note_well(const std::string& origin, Trouble& trouble, const OriginHealth* known,
                            TimePoint now) {
  if (trouble.state == State::suspected || trouble.state == State::untold)
    trouble.state = State::recovered;
  if (trouble.state == State::recovered) return;
  if (!known || !is_back(known->facts, trouble.health, trouble.last_bad, now)) {
    trouble.state = State::told;
    if (now - trouble.last_bad < given_up_after) return;
    trouble.state = State::recovered;
    lines_.push_back({false, text_of_silence(origin, trouble.health)});
    return;
  }
  if (trouble.state == State::told) {
    trouble.state = State::calming;
    trouble.calm_since = now;
  }
  if (now - trouble.calm_since < calm_after) return;
  trouble.state = State::recovered;
  lines_.push_back(
      {false, text_of_recovery(*known, trouble.health, trouble.calm_since - trouble.began)});
}

void OriginWatch::sum_up(TimePoint now) {
  if (too_many_ == 0 || (summed_up_at_ && now - *summed_up_at_ < per_origin)) return;
  summed_up_at_ = now;
  lines_.push_back({true, std::to_string(too_many_ + unwatched_) +
                              " more origins are failing or unreachable. To list them: ccnproxy "
                              "status"});
}

void OriginWatch::forget_ended(TimePoint now) {
  std::erase_if(troubles_, [&](const auto& entry) {
    const auto& trouble = entry.second;
    return trouble.state == State::recovered &&
           (!trouble.told_at || now - *trouble.told_at >= per_origin);
  });
}

}  // namespace ccnproxy::admin
