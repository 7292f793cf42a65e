#include "ccnproxy/admin/origin_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr Duration step = 10s;

/// Origins as one worker knows them, looked at each ten seconds. Lines are "W text" for a warning,
/// "I text" for another.
class OriginWatchTest : public ::testing::Test {
 protected:
  /// Requests are answered, the last one just now.
  void answers(const std::string& origin) {
    auto& pool = pool_at(origin);
    pool.outcomes = {};
    pool.outcomes.requests = 50;
    pool.outcomes.answered_ago = Duration(0);
    pool.dials_failing_for.reset();
    pool.connections.resize(1);
    pool.connections[0].state = "ready";
  }
  /// Requests fail for so long, the last one just now; a connection stands.
  void fails(const std::string& origin, Duration lasting = 20s) {
    answers(origin);
    auto& seen = pools_[origin].outcomes;
    seen.failed = seen.in_a_row = 40;
    seen.answered_ago.reset();
    seen.failing_for = lasting;
    seen.last_failure = {Duration(0), 503, std::nullopt, "the origin answered 503"};
  }
  /// Dials fail for so long and none of its connections is left; no request has come.
  void refuses(const std::string& origin, Duration lasting = 20s) {
    auto& pool = pool_at(origin);
    pool.outcomes = {};
    pool.connections.clear();
    pool.dials_failing_for = lasting;
    pool.last_failure = origin + ": tcp: connection refused";
  }
  void is_gone(const std::string& origin) { pools_.erase(origin); }

  std::vector<std::string> look(Duration after = step) {
    now_ += after;
    std::vector<pool::PoolReport> pools;
    for (const auto& [origin, pool] : pools_) pools.push_back(pool);
    const auto reports = reports_of({worker_with(0, std::move(pools))});
    std::vector<std::string> texts;
    for (const auto& line : watch_.look(OriginsHealth(reports), now_))
      texts.push_back((line.is_warning ? "W " : "I ") + line.text);
    return texts;
  }
  /// Looks so often, and returns all lines.
  std::vector<std::string> look_times(int times) {
    std::vector<std::string> all;
    for (; times > 0; --times) {
      for (auto& line : look()) all.push_back(std::move(line));
    }
    return all;
  }

  pool::PoolReport& pool_at(const std::string& origin) {
    return pools_.try_emplace(origin, pool_of(origin)).first->second;
  }

  std::map<std::string, pool::PoolReport> pools_;
  TimePoint now_{1h};
  OriginWatch watch_;
};

TEST_F(OriginWatchTest, says_nothing_while_all_is_well) {
  answers("https://a");
  EXPECT_THAT(look_times(100), IsEmpty());
}

TEST_F(OriginWatchTest, a_failing_origin_is_one_warning_with_its_cause_and_what_to_do) {
  fails("https://a", 25s);
  EXPECT_THAT(look(), IsEmpty()) << "once may be an accident";
  fails("https://a", 35s);
  EXPECT_THAT(look(), ElementsAre("W origin https://a has been failing for 35 s: the origin "
                                  "answered 503, 80 % of 50 in 5 min. To try it: ccnproxy probe "
                                  "https://a"));
  for (int i = 0; i < 100; ++i) {
    fails("https://a", 45s + i * step);
    EXPECT_THAT(look(), IsEmpty());
  }
}

TEST_F(OriginWatchTest, an_unreachable_origin_is_told_without_a_request) {
  refuses("https://a");
  EXPECT_THAT(look_times(2),
              ElementsAre("W origin https://a has been unreachable for 30 s: tcp: connection "
                          "refused. To try it: ccnproxy probe https://a"));
}

TEST_F(OriginWatchTest, trouble_of_one_look_is_none) {
  for (int i = 0; i < 20; ++i) {
    refuses("https://a");
    EXPECT_THAT(look(), IsEmpty());
    answers("https://a");
    EXPECT_THAT(look(), IsEmpty());
  }
}

TEST_F(OriginWatchTest, recovery_is_one_line_when_it_has_been_well_for_a_while) {
  fails("https://a", 0s);
  look();
  fails("https://a", 10s);
  EXPECT_THAT(look(), SizeIs(1));
  for (int i = 2; i <= 32; ++i) {
    fails("https://a", i * step);
    EXPECT_THAT(look(), IsEmpty());
  }
  answers("https://a");
  EXPECT_THAT(look_times(3), IsEmpty());
  EXPECT_THAT(look(), ElementsAre("I origin https://a has recovered: it was failing for 5 min "
                                  "30 s"));
  EXPECT_THAT(look_times(20), IsEmpty());
}

TEST_F(OriginWatchTest, a_short_success_within_a_trouble_is_no_recovery) {
  fails("https://a");
  look_times(2);
  answers("https://a");
  EXPECT_THAT(look_times(3), IsEmpty());
  fails("https://a");
  EXPECT_THAT(look_times(20), IsEmpty()) << "the warning still holds";
}

TEST_F(OriginWatchTest, one_that_answers_again_and_is_degraded_says_so) {
  refuses("https://a");
  look_times(2);
  fails("https://a");
  auto& seen = pools_["https://a"].outcomes;
  seen.failed = 5;
  seen.in_a_row = 0;
  seen.last_failure->ago = 2s;
  seen.answered_ago = 1s;
  EXPECT_THAT(look_times(4),
              ElementsAre("I origin https://a has recovered: it was unreachable for 40 s, and is "
                          "degraded now: the origin answered 503, 10 % of 50 in 5 min"));
}

TEST_F(OriginWatchTest, an_open_connection_shows_that_it_can_be_reached_again) {
  refuses("https://a");
  look_times(2);
  answers("https://a");
  pools_["https://a"].outcomes = {};
  EXPECT_THAT(look_times(4), ElementsAre(StartsWith("I origin https://a has recovered")));
}

TEST_F(OriginWatchTest, silence_is_no_recovery) {
  fails("https://a");
  look_times(2);
  const auto told_at = now_;
  is_gone("https://a");
  while (now_ - told_at < OriginWatch::given_up_after - step) EXPECT_THAT(look(), IsEmpty());
  EXPECT_THAT(look(), ElementsAre("I origin https://a was failing and has had no request for an "
                                  "hour: whether it has recovered is unknown"));
  EXPECT_THAT(look_times(20), IsEmpty());
}

TEST_F(OriginWatchTest, F098_a_dead_origin_whose_pool_comes_and_goes_is_one_warning) {
  fails("https://a");
  EXPECT_THAT(look_times(2), SizeIs(1));
  for (int i = 0; i < 100; ++i) {
    is_gone("https://a");
    EXPECT_THAT(look_times(4), IsEmpty());
    refuses("https://a");
    EXPECT_THAT(look(), IsEmpty());
  }
}

TEST_F(OriginWatchTest, F098_one_warning_a_minute_of_an_origin_that_comes_and_goes) {
  std::vector<TimePoint> warnings;
  for (int i = 0; i < 300; ++i) {
    i % 7 < 2 ? fails("https://a") : answers("https://a");
    for (const auto& line : look(8s)) {
      if (line.starts_with("W")) warnings.push_back(now_);
    }
  }
  EXPECT_GT(warnings.size(), 10U);
  for (std::size_t i = 1; i < warnings.size(); ++i)
    EXPECT_GE(warnings[i] - warnings[i - 1], OriginWatch::per_origin);
}

TEST_F(OriginWatchTest, F098_of_many_at_once_some_are_told_and_the_others_counted) {
  for (int i = 0; i < 200; ++i) refuses("https://o" + std::to_string(i));
  look();
  const auto lines = look();
  ASSERT_THAT(lines, SizeIs(OriginWatch::most_warnings + 1));
  EXPECT_EQ(lines.back(),
            "W 180 more origins are failing or unreachable. To list them: ccnproxy status");
  EXPECT_THAT(look_times(5), IsEmpty());
  EXPECT_THAT(look(), SizeIs(OriginWatch::most_warnings + 1)) << "a minute later the next ones";
}

TEST_F(OriginWatchTest, F098_what_is_watched_is_bounded) {
  for (std::size_t i = 0; i < OriginWatch::most_watched + 500; ++i)
    refuses("https://o" + std::to_string(i));
  look();
  EXPECT_THAT(look().back(), HasSubstr("1480 more origins"));
}

TEST_F(OriginWatchTest, those_that_were_not_told_of_recover_without_a_line) {
  for (int i = 0; i < 30; ++i) refuses("https://o" + std::to_string(i));
  look_times(2);
  for (int i = 0; i < 30; ++i) answers("https://o" + std::to_string(i));
  const auto lines = look_times(10);
  EXPECT_THAT(lines, SizeIs(OriginWatch::most_warnings));
  EXPECT_THAT(lines, ::testing::Each(StartsWith("I origin")));
}

TEST_F(OriginWatchTest, long_troubles_are_told_in_large_units) {
  fails("https://a", 2h + 5min);
  EXPECT_THAT(look_times(2), ElementsAre(HasSubstr("failing for 2 h 5 min:")));
}

}  // namespace
}  // namespace ccnproxy::admin
