// What requests to an origin that lets them time out wait for, and for how long.

#include <gmock/gmock.h>

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration dial_time = seconds(2);

class OriginPoolBreakerTest : public PoolFixture {
 protected:
  /// The oldest dial hangs until its time is up.
  void time_out() {
    pass(dial_time);
    net_.refuse(ErrorType::connection_timeout);
    turn();
  }
  void time_out_times(int n) {
    for (int i = 0; i < n; ++i) {
      if (net_.dialing.empty()) ask();
      time_out();
    }
  }
  /// A request on the connection there is gets no answer in time.
  void lose_answer() {
    auto& waiter = ask();
    ASSERT_TRUE(waiter.served());
    const auto asked = clock_.now();
    pass(seconds(60));
    waiter.connection->end_stream();
    const Error late{ErrorType::http_response_timeout, Side::origin, Phase::response,
                     Proof::unknown, "no response head within 60 s"};
    pool().note_request_end(504, &late, asked);
  }
  BreakerState state() { return pool().report().breaker.state; }
};

TEST_F(OriginPoolBreakerTest, staggered_requests_wait_no_longer_than_one_dial_takes) {
  std::vector<FakeWaiter*> waiters;
  const auto step = milliseconds(100);
  for (int i = 0; i < 8; ++i) {
    waiters.push_back(&ask());
    pass(step);
  }
  pass(dial_time - 8 * step);
  net_.refuse(ErrorType::connection_timeout);
  pass(milliseconds(5));  // timers are no more exact than that
  for (std::size_t i = 1; i < waiters.size(); ++i) {
    EXPECT_FALSE(waiters[i]->answered()) << i << ": the origin may have come back since";
    pass(step);
    EXPECT_TRUE(waiters[i]->answered()) << i;
  }
  for (auto* waiter : waiters) {
    ASSERT_TRUE(waiter->error);
    EXPECT_EQ(waiter->error->type, ErrorType::connection_timeout);
  }
}

TEST_F(OriginPoolBreakerTest, those_that_wait_have_the_origin_when_it_comes_back) {
  ask();
  pass(seconds(1));
  auto& later = ask();
  pass(dial_time - seconds(1));
  net_.refuse(ErrorType::connection_timeout);
  ASSERT_EQ(net_.dialing.size(), 1u);
  pass(milliseconds(10));
  net_.connect_http2();
  EXPECT_TRUE(later.served());
}

TEST_F(OriginPoolBreakerTest, a_refused_dial_shortens_no_wait) {
  ask();
  auto& later = ask();
  pass(milliseconds(1));
  auto& last = ask();
  net_.refuse();
  EXPECT_TRUE(later.error);
  pass(milliseconds(10));
  EXPECT_FALSE(last.answered()) << "it has a dial of its own";
}

TEST_F(OriginPoolBreakerTest, requests_fail_at_once_after_dials_that_timed_out) {
  time_out_times(5);
  EXPECT_EQ(state(), BreakerState::open);
  const auto dials = net_.dials;
  auto& refused = ask();
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->type, ErrorType::destination_unavailable);
  EXPECT_EQ(refused.error->proof, Proof::not_sent);
  EXPECT_THAT(
      refused.error->detail,
      testing::AllOf(testing::StartsWith("https://api.example.test: not asked, as the last 5 "
                                         "dials timed out; last: refused; next try in "),
                     testing::EndsWith(" (breaker)")));
  EXPECT_EQ(net_.dials, dials);
  EXPECT_EQ(pool().retry_after(), 1u);
}

TEST_F(OriginPoolBreakerTest, refused_dials_open_nothing) {
  for (int i = 0; i < 20; ++i) {
    ask();
    pass(milliseconds(1));
    net_.refuse();
    pass(seconds(1));
  }
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(OriginPoolBreakerTest, one_request_tries_and_with_its_connection_all_pass) {
  time_out_times(5);
  pass(seconds(1));
  auto& first = ask();
  EXPECT_FALSE(first.answered());
  EXPECT_TRUE(ask().error);
  net_.connect_http2();
  EXPECT_TRUE(first.served());
  EXPECT_TRUE(ask().served());
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(OriginPoolBreakerTest, an_origin_that_never_answered_is_dialled_by_itself) {
  settings_.min_ready = 1;
  time_out_times(5);
  EXPECT_TRUE(pool().is_kept());
  const auto dials = net_.dials;
  pass(BackOff::most);
  EXPECT_GT(net_.dials, dials);
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http2();
  EXPECT_EQ(state(), BreakerState::closed);
  EXPECT_TRUE(ask().served());
}

TEST_F(OriginPoolBreakerTest, it_is_given_up_when_it_is_asked_no_more) {
  settings_.min_ready = 1;
  time_out_times(5);
  pass(settings_.keep_warm * 2);
  EXPECT_FALSE(pool().is_kept());
}

TEST_F(OriginPoolBreakerTest, answers_that_time_out_open_it_though_connections_stand) {
  ask();
  net_.connect_http2();
  for (int i = 0; i < 5; ++i) lose_answer();
  auto& refused = ask();
  ASSERT_TRUE(refused.error);
  EXPECT_THAT(refused.error->detail,
              testing::HasSubstr("the last 5 requests had no answer in time"));
  pass(seconds(1));
  EXPECT_TRUE(ask().served()) << "one tries";
  EXPECT_TRUE(ask().error);
  pool().note_request_end(200, nullptr, clock_.now());
  EXPECT_TRUE(ask().served());
}

TEST_F(OriginPoolBreakerTest, an_error_status_is_an_answer) {
  ask();
  net_.connect_http2();
  for (int i = 0; i < 4; ++i) lose_answer();
  pool().note_request_end(500, nullptr, clock_.now());
  lose_answer();
  EXPECT_TRUE(ask().served());
}

TEST_F(OriginPoolBreakerTest, what_fails_for_the_client_says_nothing) {
  ask();
  net_.connect_http2();
  for (int i = 0; i < 20; ++i) {
    const Error left{ErrorType::http_request_error, Side::client, Phase::response, Proof::unknown,
                     "the client left"};
    pool().note_request_end(499, &left, clock_.now());
  }
  EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(OriginPoolBreakerTest, a_tunnel_is_refused_as_a_request_is) {
  time_out_times(5);
  const auto refusal = pool().exclusive().no_wait_for_dial();
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->type, ErrorType::destination_unavailable);
}

TEST_F(OriginPoolBreakerTest, what_opened_it_is_among_the_decisions) {
  time_out_times(5);
  EXPECT_THAT(pool().report().decisions,
              testing::Contains(testing::Field(
                  &DecisionReport::text, "circuit breaker opened: the last 5 dials timed out")));
}

}  // namespace
}  // namespace ccnproxy::pool
