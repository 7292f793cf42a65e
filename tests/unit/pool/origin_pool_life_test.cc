// How a pool's connections end: age, idleness, GOAWAY, close, drain.

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class OriginPoolLife : public PoolFixture {};

TEST_F(OriginPoolLife, a_connection_is_on_the_list_of_its_state) {
  ask();
  EXPECT_EQ(count(State::connecting), 1u);
  auto& connection = net_.connect_http2(2);
  EXPECT_EQ(count(State::ready), 1u);
  ask();
  EXPECT_EQ(count(State::busy), 1u);
  EXPECT_EQ(count(State::ready), 0u);
  connection.end_stream();
  EXPECT_EQ(count(State::ready), 1u);
  connection.goaway();
  EXPECT_EQ(count(State::draining), 1u);
  EXPECT_EQ(count(State::ready), 0u);
  connection.end_stream();
  EXPECT_EQ(count(State::draining), 0u);
  EXPECT_TRUE(pool().empty());
}

TEST_F(OriginPoolLife, an_idle_connection_ends_after_keep_warm) {
  ask();
  auto& connection = net_.connect_http2();
  pass(minutes(9));
  connection.end_stream();
  pass(settings_.keep_warm - seconds(1));
  ASSERT_EQ(net_.connections.size(), 1u) << "its time counts from its last stream's end";
  pass(seconds(2));
  EXPECT_TRUE(net_.connections.empty());
  EXPECT_TRUE(pool().empty());
}

TEST_F(OriginPoolLife, a_connection_that_nobody_used_ends_after_keep_warm) {
  ask();
  auto& busy = net_.connect_http1();
  auto& waiter = ask();
  busy.end_stream();
  net_.connect_http1();
  ASSERT_TRUE(waiter.served());
  pass(settings_.keep_warm + seconds(1));
  ASSERT_EQ(net_.connections.size(), 1u);
  EXPECT_EQ(net_.connections[0], &busy);
}

TEST_F(OriginPoolLife, a_connection_in_use_is_never_idle) {
  settings_.max_age = hours(100);
  ask();
  net_.connect_http2();
  for (int i = 0; i < 20; ++i) pass(minutes(10));
  EXPECT_EQ(net_.connections.size(), 1u);
  EXPECT_EQ(count(State::ready), 1u);
}

TEST_F(OriginPoolLife, each_use_keeps_a_connection_warm_anew) {
  ask();
  auto& connection = net_.connect_http2();
  connection.end_stream();
  for (int i = 0; i < 5; ++i) {
    pass(settings_.keep_warm - seconds(1));
    EXPECT_FALSE(ask().waited);
    connection.end_stream();
  }
  EXPECT_EQ(net_.dials, 1u);
}

TEST_F(OriginPoolLife, F017_age_ends_a_connection_without_its_streams) {
  auto& old = ask();
  auto& connection = net_.connect_http2();
  pass(settings_.max_age + TimerWheel::tick);
  EXPECT_EQ(count(State::draining), 1u);
  EXPECT_EQ(connection.drain_reason(), "pool.max_age");
  EXPECT_EQ(old.connection->streams(), 1u);

  auto& next = ask();
  EXPECT_FALSE(next.answered());
  EXPECT_EQ(net_.dialing.size(), 1u);
  net_.connect_http2();
  EXPECT_NE(next.serial, old.serial);
  connection.end_stream();
  turn();
  EXPECT_EQ(net_.connections.size(), 1u);
}

TEST_F(OriginPoolLife, F017_connections_opened_together_do_not_go_together) {
  settings_.keep_warm = hours(2);
  ask_times(2);
  jitter_ = 255;  // of the second connection, which is dialled when the first proves HTTP/1.1
  net_.connect_http1();
  net_.connect_http1();
  pass(minutes(55));
  EXPECT_EQ(count(State::draining), 1u);
  EXPECT_EQ(count(State::busy), 1u);
  pass(minutes(6));
  EXPECT_EQ(count(State::draining), 2u);
}

TEST_F(OriginPoolLife, F020_a_connection_told_to_go_away_gets_no_new_streams_and_keeps_the_old) {
  auto& old = ask();
  auto& leaving = net_.connect_http2();
  leaving.goaway();
  EXPECT_EQ(count(State::draining), 1u);
  auto& next = ask();
  EXPECT_FALSE(next.answered());
  ASSERT_EQ(net_.dialing.size(), 1u);
  auto& fresh = net_.connect_http2();
  EXPECT_EQ(next.connection, &fresh);
  EXPECT_EQ(old.connection->streams(), 1u);
  leaving.end_stream();
  turn();
  EXPECT_EQ(count(State::draining), 0u);
  EXPECT_EQ(count(State::ready), 1u);
}

TEST_F(OriginPoolLife, F020_those_who_wait_for_a_connection_that_goes_away_get_a_dial) {
  settings_.max_connections = 1;
  ask();
  auto& leaving = net_.connect_http2(1);
  auto& waiter = ask();
  EXPECT_EQ(net_.dials, 1u);
  leaving.goaway();
  EXPECT_EQ(net_.dials, 2u);
  net_.connect_http2();
  EXPECT_TRUE(waiter.served());
}

TEST_F(OriginPoolLife, F003_a_closed_connection_is_never_lent) {
  ask();
  auto& connection = net_.connect_http1();
  connection.end_stream();
  connection.close();
  auto& next = ask();
  EXPECT_FALSE(next.answered());
  EXPECT_EQ(net_.dialing.size(), 1u);
  turn();
  EXPECT_TRUE(net_.connections.empty()) << "destroyed between turns";
}

TEST_F(OriginPoolLife, F003_a_close_with_others_waiting_dials_for_them) {
  ask();
  auto& connection = net_.connect_http1();
  auto& waiter = ask();
  net_.refuse();  // the dial made for it; the open connection was its hope
  ASSERT_TRUE(net_.dialing.empty());
  connection.close();
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http1();
  EXPECT_TRUE(waiter.served());
}

TEST_F(OriginPoolLife, a_connection_without_room_serves_nobody) {
  auto& waiter = ask();
  net_.connect_http2(0);
  EXPECT_EQ(count(State::busy), 1u);
  EXPECT_FALSE(waiter.answered());
}

TEST_F(OriginPoolLife, drain_ends_what_is_idle_and_lets_run_what_runs) {
  const auto waiters = ask_times(2);
  net_.connect_http1();
  net_.connect_http1();
  waiters[0]->connection->end_stream();
  pool().drain();
  turn();
  ASSERT_EQ(net_.connections.size(), 1u);
  EXPECT_FALSE(pool().empty());
  EXPECT_EQ(waiters[1]->connection->streams(), 1u);
  waiters[1]->connection->end_stream();
  turn();
  EXPECT_TRUE(pool().empty());
}

TEST_F(OriginPoolLife, drain_is_seen_in_the_state_of_the_connections) {
  ask();
  net_.connect_http2();
  pool().drain();
  EXPECT_EQ(count(State::draining), 1u);
  EXPECT_EQ(count(State::ready), 0u);
}

TEST_F(OriginPoolLife, a_connection_that_is_established_while_draining_ends_at_once) {
  auto waiter = std::make_unique<FakeWaiter>();
  pool().acquire(*waiter);
  waiter.reset();
  pool().drain();
  net_.connect_http2();
  turn();
  EXPECT_TRUE(pool().empty());
  EXPECT_TRUE(net_.connections.empty());
}

TEST_F(OriginPoolLife, F100_who_waits_when_the_drain_begins_is_still_served) {
  auto& waiter = ask();
  pool().drain();
  net_.connect_http2();
  EXPECT_TRUE(waiter.served()) << "a request in flight is finished, not refused";
  EXPECT_EQ(net_.dials, 1u) << "and not dialled for in a circle";
}

TEST_F(OriginPoolLife, a_drain_goes_on_when_the_last_that_waited_has_expired) {
  settings_.max_connections = 1;
  ask();
  net_.connect_http1();
  pass(seconds(1));
  auto& waiter = ask();
  pool().drain();
  EXPECT_EQ(count(State::busy), 1u) << "it may serve what waits";
  pass(queue_deadline + seconds(1));
  EXPECT_TRUE(waiter.error);
  EXPECT_EQ(count(State::draining), 1u);
}

TEST_F(OriginPoolLife, a_pool_is_empty_only_without_dials_connections_and_waiters) {
  EXPECT_TRUE(pool().empty());
  auto waiter = std::make_unique<FakeWaiter>();
  pool().acquire(*waiter);
  EXPECT_FALSE(pool().empty());
  waiter.reset();
  EXPECT_FALSE(pool().empty()) << "the dial is on its way";
  auto& connection = net_.connect_http2();
  EXPECT_FALSE(pool().empty());
  connection.close();
  EXPECT_TRUE(pool().empty());
}

}  // namespace
}  // namespace ccnproxy::pool
