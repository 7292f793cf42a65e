// What a pool does with requests and connections. Its decisions have tables in *_policy_test.cc,
// how connections end has origin_pool_life_test.cc.

#include <gmock/gmock.h>

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::seconds;

class OriginPoolTest : public PoolFixture {};

TEST_F(OriginPoolTest, the_first_request_dials_and_is_served_when_the_dial_is_done) {
  auto& waiter = ask();
  EXPECT_FALSE(waiter.answered());
  EXPECT_EQ(net_.dials, 1u);
  EXPECT_EQ(count(State::connecting), 1u);
  EXPECT_EQ(pool().waiting(), 1u);

  net_.connect_http2();
  EXPECT_TRUE(waiter.served());
  EXPECT_TRUE(waiter.waited);
  EXPECT_EQ(pool().waiting(), 0u);
  EXPECT_EQ(count(State::connecting), 0u);
  EXPECT_EQ(count(State::ready), 1u);
}

TEST_F(OriginPoolTest, a_request_takes_a_stream_of_a_ready_connection_at_once) {
  ask();
  auto& connection = net_.connect_http2();
  auto& second = ask();
  EXPECT_EQ(second.connection, &connection);
  EXPECT_FALSE(second.waited);
  EXPECT_EQ(net_.dials, 1u);
}

TEST_F(OriginPoolTest, F030_one_dial_serves_a_cold_burst_where_the_origin_speaks_http2) {
  const auto burst = ask_times(200);
  EXPECT_EQ(net_.dials, 1u);
  net_.connect_http2(250);
  EXPECT_EQ(served(burst), 200u);
  EXPECT_EQ(net_.dials, 1u);
}

TEST_F(OriginPoolTest, F030_a_cold_burst_fans_out_only_once_the_origin_proves_to_speak_http1) {
  const auto burst = ask_times(200);
  EXPECT_EQ(net_.dials, 1u);
  net_.connect_http1();
  EXPECT_EQ(served(burst), 1u);
  EXPECT_EQ(net_.dials, 200u) << "one for each that still waits";
  while (!net_.dialing.empty()) net_.connect_http1();
  EXPECT_EQ(served(burst), 200u);
  EXPECT_EQ(net_.dials, 200u);
}

TEST_F(OriginPoolTest, F030_dials_as_many_http2_connections_as_those_who_wait_need) {
  const auto burst = ask_times(250);
  net_.connect_http2(100);
  EXPECT_EQ(served(burst), 100u);
  EXPECT_EQ(net_.dialing.size(), 2u);
  net_.connect_http2(100);
  net_.connect_http2(100);
  EXPECT_EQ(served(burst), 250u);
  EXPECT_EQ(net_.dials, 3u);
}

TEST_F(OriginPoolTest, remembers_what_the_origin_speaks_when_all_its_connections_are_gone) {
  ask();
  net_.connect_http1().close();
  turn();
  ask_times(3);
  EXPECT_EQ(net_.dialing.size(), 3u);
}

TEST_F(OriginPoolTest, F032_follows_an_origin_that_changes_its_protocol) {
  ask();
  net_.connect_http1().close();
  turn();
  ask();
  net_.connect_http2(1);
  ask();
  net_.connect_http2(100).close();
  turn();
  net_.connections.at(0)->close();
  turn();
  ask_times(50);
  EXPECT_EQ(net_.dialing.size(), 1u);
}

TEST_F(OriginPoolTest, serves_in_order_of_arrival) {
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

TEST_F(OriginPoolTest, a_newcomer_does_not_overtake_those_who_wait) {
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

TEST_F(OriginPoolTest, whichever_connection_has_room_first_serves_the_first_who_waits) {
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

TEST_F(OriginPoolTest, a_waiter_that_is_destroyed_leaves_the_queue) {
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

TEST_F(OriginPoolTest, a_waiter_may_be_destroyed_by_another_that_is_served) {
  auto victim = std::make_unique<FakeWaiter>();
  auto& first = ask();
  pool().acquire(*victim);
  auto& last = ask();
  first.then = [&] { victim.reset(); };
  net_.connect_http2();
  EXPECT_TRUE(first.served());
  EXPECT_TRUE(last.served());
}

TEST_F(OriginPoolTest, a_waiter_may_be_destroyed_by_another_that_hears_of_a_failure) {
  auto victim = std::make_unique<FakeWaiter>();
  auto& first = ask();
  pool().acquire(*victim);
  auto& last = ask();
  first.then = [&] { victim.reset(); };
  net_.refuse();
  EXPECT_TRUE(first.error);
  EXPECT_TRUE(last.error);
}

TEST_F(OriginPoolTest, F096_a_full_queue_answers_at_once) {
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

TEST_F(OriginPoolTest, F096_where_nobody_may_wait_who_finds_no_ready_connection_is_refused) {
  settings_.max_pending = 0;
  auto& refused = ask();
  EXPECT_TRUE(refused.error);
  EXPECT_EQ(net_.dials, 0u);
}

TEST_F(OriginPoolTest, F045_waiting_ends_at_the_queue_deadline) {
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

TEST_F(OriginPoolTest, F050_a_dial_that_fails_with_nothing_else_to_hope_for_fails_all_who_wait) {
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

TEST_F(OriginPoolTest, F050_who_came_after_the_dial_that_fails_gets_one_of_its_own) {
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

TEST_F(OriginPoolTest, a_dial_that_fails_fails_nobody_while_a_connection_is_open) {
  ask();
  auto& connection = net_.connect_http1();
  auto& waiter = ask();
  net_.refuse();
  EXPECT_FALSE(waiter.answered());
  connection.end_stream();
  EXPECT_TRUE(waiter.served());
}

TEST_F(OriginPoolTest, a_dial_that_fails_fails_nobody_while_another_is_on_its_way) {
  ask();
  net_.connect_http1().close();
  turn();
  const auto waiters = ask_times(2);
  ASSERT_EQ(net_.dialing.size(), 2u);
  net_.refuse();
  EXPECT_FALSE(waiters[0]->answered());
  net_.connect_http1();
  EXPECT_TRUE(waiters[0]->served());
}

TEST_F(OriginPoolTest, the_last_of_several_dials_to_fail_fails_all_who_wait) {
  ask();
  net_.connect_http1().close();
  turn();
  const auto waiters = ask_times(2);
  net_.refuse(ErrorType::connection_timeout);
  net_.refuse(ErrorType::connection_refused);
  for (auto* waiter : waiters) {
    ASSERT_TRUE(waiter->error);
    EXPECT_EQ(waiter->error->type, ErrorType::connection_refused);
  }
}

TEST_F(OriginPoolTest, whoever_hears_of_a_failure_may_ask_again_at_once) {
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

TEST_F(OriginPoolTest, whoever_runs_into_the_queue_deadline_may_ask_again) {
  FakeWaiter second_try;
  auto& waiter = ask();
  waiter.then = [&] { pool().acquire(second_try); };
  pass(queue_deadline + TimerWheel::tick);
  EXPECT_TRUE(waiter.error);
  EXPECT_FALSE(second_try.answered());
  pass(queue_deadline + TimerWheel::tick);
  EXPECT_TRUE(second_try.error);
}

TEST_F(OriginPoolTest, F023_at_the_limit_requests_wait_for_a_stream_instead_of_a_dial) {
  settings_.max_connections = 2;
  const auto waiters = ask_times(3);
  net_.connect_http1();
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http1();
  EXPECT_EQ(served(waiters), 2u);
  EXPECT_EQ(net_.dials, 2u);
  pass(queue_deadline + TimerWheel::tick);
  ASSERT_TRUE(waiters[2]->error);
  EXPECT_EQ(waiters[2]->error->type, ErrorType::connection_limit_reached);
  EXPECT_EQ(net_.dials, 2u);
}

TEST_F(OriginPoolTest, F023_a_place_that_becomes_free_is_dialled_for) {
  settings_.max_connections = 1;
  ask();
  auto& connection = net_.connect_http1();
  auto& waiter = ask();
  EXPECT_EQ(net_.dials, 1u);
  connection.close();
  EXPECT_EQ(net_.dials, 2u);
  net_.connect_http1();
  EXPECT_TRUE(waiter.served());
}

TEST_F(OriginPoolTest, F059_a_retry_does_not_get_the_connection_that_it_failed_on) {
  ask();
  auto& suspect = net_.connect_http2();
  auto& retry = ask(suspect.serial());
  EXPECT_FALSE(retry.answered());
  ASSERT_EQ(net_.dialing.size(), 1u);
  auto& fresh = net_.connect_http2();
  EXPECT_EQ(retry.connection, &fresh);
}

TEST_F(OriginPoolTest, F059_a_retry_takes_any_other_ready_connection_at_once) {
  const auto first = ask_times(2);
  net_.connect_http2(1);
  net_.connect_http2(2);
  ASSERT_EQ(count(State::ready), 1u);
  auto& retry = ask(first[0]->serial);
  EXPECT_EQ(retry.serial, first[1]->serial);
  EXPECT_FALSE(retry.waited);
}

TEST_F(OriginPoolTest, F059_one_who_avoids_a_connection_does_not_hold_up_the_others) {
  ask();
  auto& connection = net_.connect_http2();
  auto& retry = ask(connection.serial());
  auto& other = ask();
  EXPECT_TRUE(other.served()) << "a ready connection stood open for it";
  EXPECT_FALSE(retry.answered());
}

TEST_F(OriginPoolTest, F059_the_queue_is_served_past_one_who_avoids_the_connection_that_is_free) {
  ask();
  auto& connection = net_.connect_http1();
  auto& retry = ask(connection.serial());
  auto& other = ask();
  connection.end_stream();
  EXPECT_FALSE(retry.served());
  EXPECT_TRUE(other.served());
}

TEST_F(OriginPoolTest, an_http1_connection_used_last_is_used_first) {
  const auto waiters = ask_times(3);
  net_.connect_http1();
  net_.connect_http1();
  net_.connect_http1();
  for (const std::size_t i : {2u, 0u, 1u}) waiters[i]->connection->end_stream();
  EXPECT_EQ(ask().serial, waiters[1]->serial) << "the one least likely to be closed by its peer";
  EXPECT_EQ(ask().serial, waiters[0]->serial);
  EXPECT_EQ(ask().serial, waiters[2]->serial);
}

TEST_F(OriginPoolTest, a_request_over_http1_costs_no_look_at_the_other_connections) {
  const auto waiters = ask_times(50);
  std::vector<FakeConnection*> connections;
  for (std::size_t i = 0; i < waiters.size(); ++i) connections.push_back(&net_.connect_http1());
  for (auto* waiter : waiters) waiter->connection->end_stream();
  const auto looks = [&] {
    int sum = 0;
    for (const auto* connection : connections) sum += connection->looks;
    return sum;
  };
  auto* used = ask().connection;
  const auto before = looks() - used->looks;
  used->end_stream();
  ask();
  EXPECT_EQ(looks() - used->looks, before);
}

TEST_F(OriginPoolTest, F024_a_limit_lowered_to_nothing_takes_no_new_streams_and_keeps_the_old) {
  auto& old = ask();
  auto& connection = net_.connect_http2();
  connection.set_limit(0);
  EXPECT_EQ(count(State::busy), 1u);
  auto& waiter = ask();
  EXPECT_FALSE(waiter.answered());
  EXPECT_EQ(old.connection->streams(), 1u);
  connection.set_limit(100);
  EXPECT_EQ(waiter.connection, &connection);
  EXPECT_EQ(count(State::ready), 1u);
}

TEST_F(OriginPoolTest, tells_when_it_was_last_asked) {
  const auto made = pool().last_used();
  pass(seconds(3));
  EXPECT_EQ(pool().last_used(), made);
  ask();
  EXPECT_EQ(pool().last_used(), made + seconds(3));
}

TEST_F(OriginPoolTest, a_pool_that_ends_gives_up_its_dials) {
  auto waiter = std::make_unique<FakeWaiter>();
  pool().acquire(*waiter);
  waiter.reset();
  pool_.reset();
  EXPECT_EQ(net_.given_up, 1u);
  EXPECT_FALSE(net_.dialer_alive);
}

}  // namespace
}  // namespace ccnproxy::pool
