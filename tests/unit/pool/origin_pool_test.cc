// What a pool does with requests and connections. Its decisions have tables in *_policy_test.cc,
// how connections end has origin_pool_life_test.cc.

#include <gmock/gmock.h>

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::seconds;

class OriginPoolTest : public PoolFixture {
 protected:
  /// After its answer.
  void end(FakeConnection& connection) {
    connection.end_stream();
    connection.close();
    turn();
  }
};

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
  end(net_.connect_http1());
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
