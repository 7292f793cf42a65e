#include "ccnproxy/admin/origin_health.h"

#include <algorithm>
#include <array>
#include <map>

namespace ccnproxy::admin {
namespace {

/// Of failures and refusals: fewer are no reason to look, whatever share of the requests they are.
constexpr std::uint64_t few = 2;
/// A share of one in so many is.
constexpr std::uint64_t one_in = 50;
constexpr std::uint64_t series = 3;  ///< failures one after the other that are no accident
// Of a sentence.
constexpr std::size_t most_told = 3;
constexpr std::size_t most_cause = 100;  ///< bytes
/// An origin is unused after that, as pools are by default (pool.keep_warm).
constexpr Duration unused_after = std::chrono::minutes(10);
/// What was seen so long ago says nothing of now.
constexpr Duration stale_after = std::chrono::hours(1);

bool never_left_the_ground(const std::optional<Phase>& phase) {
  return phase == Phase::queue || phase == Phase::dns || phase == Phase::tcp || phase == Phase::tls;
}

bool is_many(std::uint64_t n, std::uint64_t of) { return n >= few && n * one_in >= of; }

bool fails_always(const observe::OutcomeSummary& seen) {
  if (seen.in_a_row >= series) return true;
  return seen.in_a_row >= few &&
         (!seen.answered_ago ||
          *seen.answered_ago > seen.last_failure->ago + observe::OriginOutcomes::window);
}

bool is_failing(const observe::OutcomeSummary& seen) {
  return fails_always(seen) || (seen.failed >= few && seen.failed * 2 >= seen.requests);
}

Verdict of_requests(const OriginFacts& facts) {
  const auto& seen = facts.outcomes;
  const bool recent = seen.last_failure && seen.last_failure->ago < stale_after;
  if (recent && is_failing(seen)) {
    const bool unreachable =
        facts.open == 0 && seen.in_a_row > 0 && never_left_the_ground(seen.last_failure->phase);
    return {unreachable ? Health::unreachable : Health::failing, seen.failing_for,
            seen.last_failure->cause};
  }
  if (recent && (seen.in_a_row > 0 || is_many(seen.failed, seen.requests)))
    return {Health::degraded, seen.failing_for, seen.last_failure->cause};
  if (is_many(seen.limited, seen.requests)) return {Health::degraded, {}, "it answers 429"};
  return {};
}

/// Without the origin's own name, which stands beside it.
std::string own_words(const std::string& cause, const std::string& origin) {
  if (!cause.starts_with(origin)) return cause;
  const auto begin = cause.find_first_not_of(": ", origin.size());
  return begin == cause.npos ? cause : cause.substr(begin);
}

std::string percent(std::uint64_t part, std::uint64_t of) {
  const auto share = of == 0 ? 0 : part * 100 / of;
  return (share == 0 && part > 0 ? "< 1" : std::to_string(share)) + " %";
}

/// `, 100 % of 40 in 5 min`; empty if neither is known.
std::string share_of(const observe::OutcomeSummary& seen) {
  const auto bad = std::max(seen.failed, seen.limited);
  if (bad == 0) return "";
  static_assert(observe::OriginOutcomes::window == std::chrono::minutes(5));
  return ", " + percent(bad, seen.requests) + " of " + std::to_string(seen.requests) + " in 5 min";
}

std::string clipped(std::string text) {
  if (text.size() <= most_cause) return text;
  text.resize(most_cause);
  return text + "…";
}

std::string plural(std::size_t n, const char* noun) {
  return std::to_string(n) + ' ' + noun + (n == 1 ? "" : "s");
}

}  // namespace

std::string_view to_string(Health health) noexcept {
  constexpr std::array<std::string_view, health_states> words = {"healthy", "unused", "degraded",
                                                                 "failing", "unreachable"};
  return words[static_cast<std::size_t>(health)];
}

void OriginFacts::add(const pool::PoolReport& pool) {
  outcomes.add(pool.outcomes);
  open += static_cast<std::size_t>(
      std::count_if(pool.connections.begin(), pool.connections.end(),
                    [](const auto& connection) { return connection.state != "connecting"; }));
  if (!last_used || pool.last_used < *last_used) last_used = pool.last_used;
  if (!pool.dials_failing_for) return;
  dials_failing_for = std::max(dials_failing_for.value_or(Duration(0)), *pool.dials_failing_for);
  if (!pool.last_failure.empty()) dial_failure = pool.last_failure;
}

void OriginFacts::add(const pool::GoneReport& origin) { outcomes.add(origin.outcomes); }

Verdict judge(const OriginFacts& facts) {
  if (facts.dials_failing_for && facts.open == 0)
    return {Health::unreachable, facts.dials_failing_for, facts.dial_failure};
  auto verdict = of_requests(facts);
  if (verdict.health != Health::healthy) return verdict;
  if (facts.dials_failing_for)
    return {Health::degraded, facts.dials_failing_for, facts.dial_failure};
  if (facts.outcomes.requests == 0 && facts.last_used.value_or(unused_after) >= unused_after)
    return {Health::unused, {}, ""};
  return verdict;
}

std::string reason_of(const OriginHealth& one) {
  return own_words(one.verdict.cause, one.origin) + share_of(one.facts.outcomes);
}

OriginsHealth::OriginsHealth(const Reports& reports) {
  std::map<std::string_view, OriginFacts> facts;
  for (const auto& worker : reports.workers) {
    for (const auto& pool : worker.pools) facts[pool.origin].add(pool);
    for (const auto& gone : worker.gone) facts[gone.origin].add(gone);
  }
  all_.reserve(facts.size());
  for (auto& [origin, known] : facts) {
    auto verdict = judge(known);
    all_.push_back({std::string(origin), std::move(known), std::move(verdict)});
  }
  std::stable_sort(all_.begin(), all_.end(), [](const auto& a, const auto& b) {
    if (a.verdict.health != b.verdict.health) return a.verdict.health > b.verdict.health;
    return a.facts.outcomes.requests > b.facts.outcomes.requests;
  });
  for (const auto& one : all_) by_origin_.emplace(one.origin, &one);
}

const OriginHealth* OriginsHealth::find(std::string_view origin) const {
  const auto found = by_origin_.find(origin);
  return found == by_origin_.end() ? nullptr : found->second;
}

Health OriginsHealth::of(std::string_view origin) const {
  const auto* known = find(origin);
  return known ? known->verdict.health : Health::unused;
}

std::span<const OriginHealth> OriginsHealth::problems() const {
  const auto end = std::find_if(all_.begin(), all_.end(), [](const auto& one) {
    return one.verdict.health < Health::degraded;
  });
  return {all_.begin(), end};
}

std::string OriginsHealth::sentence() const {
  if (all_.empty()) return "No origin is in use.";
  const auto bad = problems();
  if (bad.empty()) return plural(all_.size(), "origin") + ", none with a problem.";
  std::string text;
  for (auto it = bad.begin(); it != bad.end();) {
    const auto health = it->verdict.health;
    const auto next =
        std::find_if(it, bad.end(), [&](const auto& one) { return one.verdict.health != health; });
    text += text.empty() ? "" : ", ";
    text += std::to_string(next - it);
    if (it == bad.begin()) text += " of " + plural(all_.size(), "origin");
    text += ' ' + std::string(to_string(health));
    it = next;
  }
  text += ':';
  for (const auto& one : bad.first(std::min(bad.size(), most_told)))
    text += ' ' + one.origin + " (" + clipped(own_words(one.verdict.cause, one.origin)) +
            share_of(one.facts.outcomes) + "),";
  if (bad.size() > most_told) return text + " …";
  text.back() = '.';
  return text;
}

}  // namespace ccnproxy::admin
