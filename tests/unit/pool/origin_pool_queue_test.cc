// Who waits for a connection: in which order they are served, how long they may, and what they hear
// of dials that fail.

#include <gmock/gmock.h>

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::seconds;

class OriginPoolQueueTest : public PoolFixture {};

TEST_F(OriginPoolQueueTest, serves_in_order_of_arrival) {
  ask();
  auto& connection = net_.connect_http1();
  auto& a = ask();
  auto& b = ask();
  connection.end_stream();
  EXPECT_TRUE(a.served());
  EXPECT_FALSE(b.served());
  connection.end_stream();
  EXPECT_TRUE(b.served());
}

TEST_F(OriginPoolQueueTest, a_newcomer_does_not_overtake_those_who_wait) {
  ask();
  auto& connection = net_.connect_http1();
  auto& first = ask();
  FakeWaiter newcomer;
  first.then = [&] { pool().acquire(newcomer); };
  connection.end_stream();
  EXPECT_TRUE(first.served());
  EXPECT_FALSE(newcomer.served()) << "the one stream is taken";
  auto& late = ask();
  connection.end_stream();
  EXPECT_TRUE(newcomer.served());
  EXPECT_FALSE(late.served());
}

TEST_F(OriginPoolQueueTest, whichever_connection_has_room_first_serves_the_first_who_waits) {
  ask();
  auto& busy = net_.connect_http1();
  auto& waiter = ask();
  ASSERT_EQ(net_.dialing.size(), 1u);
  busy.end_stream();
  EXPECT_EQ(waiter.connection, &busy) << "not tied to the dial that it caused";
  net_.connect_http1();
  EXPECT_EQ(count(State::ready), 1u) << "the dial was not in vain: it stands ready";
  EXPECT_EQ(waiter.answers, 1);
}

TEST_F(OriginPoolQueueTest, a_waiter_that_is_destroyed_leaves_the_queue) {
  auto gone = std::make_unique<FakeWaiter>();
  auto& before = ask();
  pool().acquire(*gone);
  auto& after = ask();
  gone.reset();
  EXPECT_EQ(pool().waiting(), 2u);
  net_.connect_http2();
  EXPECT_TRUE(before.served());
  EXPECT_TRUE(after.served());
}

TEST_F(OriginPoolQueueTest, a_waiter_may_be_destroyed_by_another_that_is_served) {
  auto victim = std::make_unique<FakeWaiter>();
  auto& first = ask();
  pool().acquire(*victim);
  auto& last = ask();
  first.then = [&] { victim.reset(); };
  net_.connect_http2();
  EXPECT_TRUE(first.served());
  EXPECT_TRUE(last.served());
}

TEST_F(OriginPoolQueueTest, a_waiter_may_be_destroyed_by_another_that_hears_of_a_failure) {
  auto victim = std::make_unique<FakeWaiter>();
  auto& first = ask();
  pool().acquire(*victim);
  auto& last = ask();
  first.then = [&] { victim.reset(); };
  net_.refuse();
  EXPECT_TRUE(first.error);
  EXPECT_TRUE(last.error);
}

TEST_F(OriginPoolQueueTest, F096_a_full_queue_answers_at_once) {
  settings_.max_pending = 2;
  ask();
  ask();
  auto& third = ask();
  ASSERT_TRUE(third.error);
  EXPECT_EQ(third.error->type, ErrorType::connection_limit_reached);
  EXPECT_EQ(third.error->side, Side::us);
  EXPECT_EQ(third.error->phase, Phase::queue);
  EXPECT_EQ(third.error->proof, Proof::not_sent);
  EXPECT_THAT(third.error->detail, testing::HasSubstr("https://api.example.test"));
  EXPECT_EQ(pool().waiting(), 2u);
}

TEST_F(OriginPoolQueueTest, F096_where_nobody_may_wait_who_finds_no_ready_connection_is_refused) {
  settings_.max_pending = 0;
  auto& refused = ask();
  EXPECT_TRUE(refused.error);
  EXPECT_EQ(net_.dials, 0u);
}

TEST_F(OriginPoolQueueTest, F045_waiting_ends_at_the_queue_deadline) {
  auto& early = ask();
  pass(seconds(4));
  auto& late = ask();
  pass(queue_deadline - seconds(4) - TimerWheel::tick);
  EXPECT_FALSE(early.answered()) << "never before its time";
  pass(2 * TimerWheel::tick);
  ASSERT_TRUE(early.error);
  EXPECT_EQ(early.error->type, ErrorType::connection_limit_reached);
  EXPECT_EQ(early.error->phase, Phase::queue);
  EXPECT_EQ(early.error->proof, Proof::not_sent);
  EXPECT_FALSE(late.answered());
  pass(seconds(4));
  EXPECT_TRUE(late.error);
}

TEST_F(OriginPoolQueueTest,
       F050_a_dial_that_fails_with_nothing_else_to_hope_for_fails_all_who_wait) {
  const auto waiters = ask_times(3);
  net_.refuse(ErrorType::tls_certificate_error);
  for (auto* waiter : waiters) {
    ASSERT_TRUE(waiter->error);
    EXPECT_EQ(waiter->error->type, ErrorType::tls_certificate_error);
    EXPECT_EQ(waiter->answers, 1);
  }
  EXPECT_EQ(pool().waiting(), 0u);
  turn();
  EXPECT_TRUE(pool().empty());
}

TEST_F(OriginPoolQueueTest, F050_who_came_after_the_dial_that_fails_gets_one_of_its_own) {
  auto& first = ask();
  pass(seconds(1));
  auto& later = ask();
  net_.refuse();
  EXPECT_TRUE(first.error);
  EXPECT_FALSE(later.answered());
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http1();
  EXPECT_TRUE(later.served());
}

TEST_F(OriginPoolQueueTest, a_dial_that_fails_fails_nobody_while_a_connection_is_open) {
  ask();
  auto& connection = net_.connect_http1();
  auto& waiter = ask();
  net_.refuse();
  EXPECT_FALSE(waiter.answered());
  connection.end_stream();
  EXPECT_TRUE(waiter.served());
}

TEST_F(OriginPoolQueueTest, a_dial_that_fails_fails_nobody_while_another_is_on_its_way) {
  ask();
  auto& first = net_.connect_http1();
  first.end_stream();
  first.close();
  turn();
  const auto waiters = ask_times(2);
  ASSERT_EQ(net_.dialing.size(), 2u);
  net_.refuse();
  EXPECT_FALSE(waiters[0]->answered());
  net_.connect_http1();
  EXPECT_TRUE(waiters[0]->served());
}

TEST_F(OriginPoolQueueTest, the_last_of_several_dials_to_fail_fails_all_who_wait) {
  ask();
  auto& first = net_.connect_http1();
  first.end_stream();
  first.close();
  turn();
  const auto waiters = ask_times(2);
  net_.refuse(ErrorType::connection_timeout);
  net_.refuse(ErrorType::connection_refused);
  for (auto* waiter : waiters) {
    ASSERT_TRUE(waiter->error);
    EXPECT_EQ(waiter->error->type, ErrorType::connection_refused);
  }
}

TEST_F(OriginPoolQueueTest, whoever_hears_of_a_failure_may_ask_again_at_once) {
  FakeWaiter second_try;
  auto& waiter = ask();
  waiter.then = [&] { pool().acquire(second_try); };
  net_.refuse();
  EXPECT_TRUE(waiter.error);
  EXPECT_FALSE(second_try.answered());
  ASSERT_EQ(net_.dialing.size(), 1u) << "a new dial, not the same failure again";
  net_.connect_http2();
  EXPECT_TRUE(second_try.served());
}

TEST_F(OriginPoolQueueTest, whoever_runs_into_the_queue_deadline_may_ask_again) {
  FakeWaiter second_try;
  auto& waiter = ask();
  waiter.then = [&] { pool().acquire(second_try); };
  pass(queue_deadline + TimerWheel::tick);
  EXPECT_TRUE(waiter.error);
  EXPECT_FALSE(second_try.answered());
  pass(queue_deadline + TimerWheel::tick);
  EXPECT_TRUE(second_try.error);
}

}  // namespace
}  // namespace ccnproxy::pool
