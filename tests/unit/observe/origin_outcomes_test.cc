#include "ccnproxy/observe/origin_outcomes.h"

#include <gtest/gtest.h>

namespace ccnproxy::observe {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{std::chrono::hours(1)};

Error error_of(Side side, Phase phase = Phase::tls) {
  return {ErrorType::connection_timeout, side, phase, Proof::not_sent, "no answer within 5 s"};
}

TEST(Outcome, is_the_origins_part_in_how_a_request_ended) {
  EXPECT_EQ(outcome_of(200, nullptr), Outcome::answered);
  EXPECT_EQ(outcome_of(404, nullptr), Outcome::answered);
  EXPECT_EQ(outcome_of(429, nullptr), Outcome::limited);
  EXPECT_EQ(outcome_of(503, nullptr), Outcome::failed);
  const auto of_origin = error_of(Side::origin), of_proxy = error_of(Side::us);
  EXPECT_EQ(outcome_of(504, &of_origin), Outcome::failed);
  EXPECT_EQ(outcome_of(200, &of_origin), Outcome::failed) << "a body cut short";
  EXPECT_EQ(outcome_of(503, &of_proxy), Outcome::failed);
  const auto of_client = error_of(Side::client);
  EXPECT_EQ(outcome_of(499, &of_client), std::nullopt);
  EXPECT_EQ(outcome_of(400, &of_client), std::nullopt);
  auto denied = of_origin;
  denied.type = ErrorType::destination_ip_prohibited;
  EXPECT_EQ(outcome_of(403, &denied), std::nullopt);
}

TEST(OriginOutcomes, nothing_has_happened) {
  const auto seen = OriginOutcomes().at(start);
  EXPECT_EQ(seen.requests, 0U);
  EXPECT_EQ(seen.in_a_row, 0U);
  EXPECT_FALSE(seen.answered_ago || seen.failing_for || seen.last_failure);
}

TEST(OriginOutcomes, the_window_forgets) {
  OriginOutcomes outcomes;
  for (int minute = 0; minute < 20; ++minute) {
    outcomes.count(200, nullptr, start + minute * 1min);
    outcomes.count(429, nullptr, start + minute * 1min);
    outcomes.count(500, nullptr, start + minute * 1min);
  }
  const auto seen = outcomes.at(start + 19min);
  EXPECT_EQ(seen.requests, 15U);
  EXPECT_EQ(seen.failed, 5U);
  EXPECT_EQ(seen.limited, 5U);
  EXPECT_EQ(seen.failing_for, 19min) << "failures less than the window apart are one trouble";
  EXPECT_EQ(outcomes.at(start + 40min).requests, 0U);
}

TEST(OriginOutcomes, a_success_ends_the_row_not_the_trouble) {
  OriginOutcomes outcomes;
  outcomes.count(503, nullptr, start);
  outcomes.count(503, nullptr, start + 1s);
  EXPECT_EQ(outcomes.at(start + 1s).in_a_row, 2U);
  outcomes.count(200, nullptr, start + 2s);
  auto seen = outcomes.at(start + 3s);
  EXPECT_EQ(seen.in_a_row, 0U);
  EXPECT_EQ(seen.answered_ago, 1s);
  EXPECT_EQ(seen.failing_for, 3s);
  seen = outcomes.at(start + 6min);
  EXPECT_FALSE(seen.failing_for) << "it is over";
  EXPECT_EQ(seen.last_failure->ago, 6min - 1s);
}

// An origin that is asked each ten minutes and never answers has failed since the first time.
TEST(OriginOutcomes, a_row_of_failures_goes_on_over_any_pause) {
  OriginOutcomes outcomes;
  const auto error = error_of(Side::origin);
  for (int n = 0; n < 4; ++n) outcomes.count(504, &error, start + n * 10min);
  const auto seen = outcomes.at(start + 31min);
  EXPECT_EQ(seen.failing_for, 31min);
  EXPECT_EQ(seen.in_a_row, 4U);
  ASSERT_TRUE(seen.last_failure);
  EXPECT_EQ(seen.last_failure->status, 504);
  EXPECT_EQ(seen.last_failure->phase, Phase::tls);
  EXPECT_EQ(seen.last_failure->cause, "connection_timeout: no answer within 5 s");
  EXPECT_EQ(seen.last_failure->ago, 1min);
}

TEST(OriginOutcomes, what_an_origin_says_is_told_up_to_a_bound) {
  OriginOutcomes outcomes;
  outcomes.count(502, nullptr, start);
  EXPECT_EQ(outcomes.at(start).last_failure->cause, "the origin answered 502");
  auto error = error_of(Side::origin);
  error.detail.assign(10'000, 'x');
  outcomes.count(502, &error, start);
  EXPECT_EQ(outcomes.at(start).last_failure->cause.size(), OriginOutcomes::most_cause);
}

TEST(OutcomeSummary, of_two_workers_is_what_one_would_have_seen) {
  OriginOutcomes one, other;
  one.count(503, nullptr, start);
  one.count(503, nullptr, start + 1s);
  other.count(200, nullptr, start + 2s);
  other.count(502, nullptr, start + 3s);
  auto sum = one.at(start + 4s);
  sum.add(other.at(start + 4s));
  EXPECT_EQ(sum.requests, 4U);
  EXPECT_EQ(sum.failed, 3U);
  EXPECT_EQ(sum.in_a_row, 1U) << "the success of one ends the row of the other";
  EXPECT_EQ(sum.answered_ago, 2s);
  EXPECT_EQ(sum.failing_for, 4s);
  EXPECT_EQ(sum.last_failure->status, 502);

  auto turned = other.at(start + 4s);
  turned.add(one.at(start + 4s));
  EXPECT_EQ(turned.in_a_row, 1U);
  EXPECT_EQ(turned.last_failure->status, 502);
}

}  // namespace
}  // namespace ccnproxy::observe
