#include "ccnproxy/admin/origin_health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

observe::OutcomeSummary outcomes_of(std::uint64_t requests, std::uint64_t failed,
                                    std::uint64_t in_a_row, std::optional<Phase> phase = {}) {
  observe::OutcomeSummary seen;
  seen.requests = requests;
  seen.failed = failed;
  seen.in_a_row = in_a_row;
  if (requests > failed) seen.answered_ago = 2s;
  if (failed == 0 && in_a_row == 0) return seen;
  seen.failing_for = 90s;
  seen.last_failure = {1s, 503, phase, "the origin answered 503"};
  return seen;
}

struct Case {
  const char* what;
  OriginFacts facts;
  Health health;
};

OriginFacts with(observe::OutcomeSummary seen, std::size_t open = 1) {
  OriginFacts facts;
  facts.outcomes = std::move(seen);
  facts.open = open;
  facts.last_used = 1s;
  return facts;
}

OriginFacts with_dials_failing(OriginFacts facts) {
  facts.dials_failing_for = 40s;
  facts.dial_failure = "https://a: tcp: connection refused";
  return facts;
}

OriginFacts long_ago(OriginFacts facts) {
  facts.outcomes.last_failure->ago = 2h;
  facts.last_used = 2h;
  return facts;
}

TEST(OriginHealth, follows_from_what_is_known) {
  auto limited = outcomes_of(50, 0, 0);
  limited.limited = 10;
  auto rarely = outcomes_of(1, 1, 2);
  const Case cases[] = {
      {"all answered", with(outcomes_of(100, 0, 0)), Health::healthy},
      {"one of thousands failed", with(outcomes_of(5000, 1, 0)), Health::healthy},
      {"a handful of thousands", with(outcomes_of(5000, 20, 0)), Health::healthy},
      {"one of a hundred, twice", with(outcomes_of(100, 2, 0)), Health::degraded},
      {"the last one failed", with(outcomes_of(5, 1, 1)), Health::degraded},
      {"half of them", with(outcomes_of(40, 20, 0)), Health::failing},
      {"all of them", with(outcomes_of(40, 40, 40)), Health::failing},
      {"three in a row after many answers", with(outcomes_of(5000, 3, 3)), Health::failing},
      {"asked each five minutes, never answered", with(rarely, 0), Health::failing},
      {"all of them, none ever sent", with(outcomes_of(4, 4, 4, Phase::tls), 0),
       Health::unreachable},
      {"all of them in tls, but a connection stands", with(outcomes_of(4, 4, 4, Phase::tls)),
       Health::failing},
      {"the answers came too late", with(outcomes_of(4, 4, 4, Phase::response), 0),
       Health::failing},
      {"it limits", with(limited), Health::degraded},
      {"dials fail, none stands", with_dials_failing(with(outcomes_of(0, 0, 0), 0)),
       Health::unreachable},
      {"dials fail while connections stand", with_dials_failing(with(outcomes_of(9, 0, 0))),
       Health::degraded},
      {"failed two hours ago", long_ago(with(outcomes_of(0, 0, 9))), Health::unused},
      {"warm and never asked", OriginFacts{.open = 1}, Health::unused},
  };
  for (const auto& [what, facts, health] : cases) {
    const auto verdict = judge(facts);
    EXPECT_EQ(to_string(verdict.health), to_string(health)) << what;
    EXPECT_EQ(verdict.cause.empty(), health < Health::degraded) << what;
  }
}

TEST(OriginHealth, says_since_when_and_why) {
  const auto failing = judge(with(outcomes_of(40, 40, 40)));
  EXPECT_EQ(failing.since, 90s);
  EXPECT_EQ(failing.cause, "the origin answered 503");
  const auto unreachable = judge(with_dials_failing(with(outcomes_of(0, 0, 0), 0)));
  EXPECT_EQ(unreachable.since, 40s);
}

pool::PoolReport failing_pool(const std::string& origin, std::uint64_t failed) {
  auto pool = pool_of(origin, failed);
  pool.outcomes = outcomes_of(failed, failed, failed);
  return pool;
}

pool::PoolReport well(const std::string& origin) {
  auto pool = pool_of(origin, 5);
  pool.outcomes = outcomes_of(5, 0, 0);
  return pool;
}

TEST(OriginsHealth, one_sentence_for_all) {
  EXPECT_EQ(OriginsHealth(Reports{}).sentence(), "No origin is in use.");
  EXPECT_EQ(OriginsHealth(reports_of({worker_with(0, {well("https://a")})})).sentence(),
            "1 origin, none with a problem.");
  auto dead = pool_of("https://dead");
  dead.dials_failing_for = 10s;
  dead.last_failure = "https://dead: tcp: connection refused";
  const auto reports =
      reports_of({worker_with(0, {well("https://a"), failing_pool("https://b", 30), dead}),
                  worker_with(1, {well("https://a"), failing_pool("https://b", 10)})});
  EXPECT_EQ(OriginsHealth(reports).sentence(),
            "1 of 3 origins unreachable, 1 failing: https://dead (tcp: connection refused), "
            "https://b (the origin answered 503, 100 % of 40 in 5 min).");
}

TEST(OriginsHealth, names_no_more_than_a_person_reads_at_once) {
  std::vector<pool::PoolReport> pools;
  for (int n = 0; n < 9; ++n)
    pools.push_back(
        failing_pool("https://o" + std::to_string(n), 9 - static_cast<unsigned>(n) + 3));
  const auto sentence = OriginsHealth(reports_of({worker_with(0, pools)})).sentence();
  EXPECT_THAT(sentence, testing::StartsWith("9 of 9 origins failing: https://o0 ("));
  EXPECT_THAT(sentence, HasSubstr("https://o2 ("));
  EXPECT_THAT(sentence, testing::Not(HasSubstr("https://o3 (")));
  EXPECT_THAT(sentence, testing::EndsWith(", …"));
}

TEST(OriginsHealth, clips_what_an_origin_says_in_the_sentence_alone) {
  auto dead = pool_of("https://dead");
  dead.dials_failing_for = 10s;
  dead.last_failure.assign(1000, 'x');
  const OriginsHealth health(reports_of({worker_with(0, {dead})}));
  EXPECT_LT(health.sentence().size(), 200U);
  EXPECT_EQ(reason_of(health.problems()[0]).size(), 1000U);
}

// The pool of a dead origin that is asked each minute is gone most of the time.
TEST(OriginsHealth, an_origin_without_a_pool_is_judged_too) {
  auto worker = worker_with(0, {well("https://a")});
  worker.gone.push_back({"https://rare", {}, outcomes_of(5, 5, 5, Phase::tcp)});
  const OriginsHealth health(reports_of({worker}));
  EXPECT_EQ(health.of("https://rare"), Health::unreachable);
  ASSERT_EQ(health.problems().size(), 1U);
  EXPECT_EQ(health.problems()[0].origin, "https://rare");
}

TEST(OriginsHealth, the_worst_come_first_then_the_busiest) {
  auto dead = pool_of("https://dead");
  dead.dials_failing_for = 10s;
  const OriginsHealth health(reports_of({worker_with(
      0, {failing_pool("https://a", 4), failing_pool("https://b", 40), dead, well("https://c")})}));
  std::vector<std::string> order;
  for (const auto& one : health.problems()) order.push_back(one.origin);
  EXPECT_THAT(order, testing::ElementsAre("https://dead", "https://b", "https://a"));
}

}  // namespace
}  // namespace ccnproxy::admin
