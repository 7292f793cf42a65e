// Large bodies to a far HTTP/2 origin, each on a connection of its own, and requests on a path that
// loses packets.

#include "ccnproxy/pool/spread_policy.h"

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;
using origin::Protocol;

class OriginPoolBulk : public PoolFixture {
 protected:
  FakeWaiter& ask_bulk() {
    auto& waiter = waiters_.emplace_back(std::make_unique<FakeWaiter>());
    pool().acquire(*waiter, 0, true);
    return *waiter;
  }
  /// A connection that is known to be far, or near, and idle.
  FakeConnection& know(Duration rtt = 100ms, Protocol protocol = Protocol::http2) {
    net_.rtt = rtt;
    ask();
    auto& connection = net_.connect(protocol, protocol == Protocol::http2 ? 100 : 1);
    connection.end_stream();
    turn();
    return connection;
  }
};

TEST_F(OriginPoolBulk, F034_each_large_body_gets_a_connection_of_its_own) {
  auto& first = know();
  auto& one = ask_bulk();
  EXPECT_EQ(one.connection, &first) << "an idle one is there: it waits for nothing";
  auto& two = ask_bulk();
  auto& three = ask_bulk();
  EXPECT_FALSE(two.served());
  EXPECT_EQ(net_.dialing.size(), 2u);
  auto& second = net_.connect_http2();
  auto& third = net_.connect_http2();
  EXPECT_EQ(two.connection, &second);
  EXPECT_EQ(three.connection, &third);
}

TEST_F(OriginPoolBulk, F034_small_requests_keep_away_from_them) {
  know();
  ask_bulk();
  auto& two = ask_bulk();
  auto& second = net_.connect_http2();
  ASSERT_EQ(two.connection, &second);
  second.end_stream();
  turn();
  EXPECT_EQ(ask().connection, &second) << "its body is over";
  EXPECT_EQ(ask().connection, &second);
}

TEST_F(OriginPoolBulk, F034_a_small_request_never_waits_for_a_connection_without_them) {
  auto& only = know();
  ask_bulk();
  EXPECT_EQ(ask().connection, &only);
}

TEST_F(OriginPoolBulk, F034_small_requests_are_served_past_those_that_wait_apart) {
  auto& first = know();
  ask_bulk();
  auto& apart = ask_bulk();
  first.set_limit(1);
  auto& small = ask();
  EXPECT_FALSE(small.served());
  first.set_limit(2);
  EXPECT_EQ(small.connection, &first);
  EXPECT_FALSE(apart.served());
}

TEST_F(OriginPoolBulk, F034_when_no_dial_comes_to_anything_they_share) {
  auto& first = know();
  ask_bulk();
  auto& two = ask_bulk();
  net_.refuse();
  EXPECT_EQ(two.connection, &first);
  EXPECT_EQ(ask_bulk().connection, &first) << "while dials fail nothing waits for one";
}

TEST_F(OriginPoolBulk, F034_they_wait_for_some_round_trips_and_no_longer) {
  auto& first = know();
  ask_bulk();
  auto& two = ask_bulk();
  pass(600ms);
  EXPECT_FALSE(two.served());
  pass(300ms);
  EXPECT_EQ(two.connection, &first);
}

TEST_F(OriginPoolBulk, F034_there_are_no_more_than_allowed) {
  know();
  for (int i = 0; i < 8; ++i) ask_bulk();
  EXPECT_EQ(net_.dialing.size(), 7u);
  auto& ninth = ask_bulk();
  EXPECT_TRUE(ninth.served()) << "it shares";
  EXPECT_EQ(net_.dialing.size(), 7u);
}

TEST_F(OriginPoolBulk, F034_max_connections_holds) {
  settings_.max_connections = 2;
  auto& first = know();
  ask_bulk();
  auto& two = ask_bulk();
  EXPECT_EQ(ask_bulk().connection, nullptr) << "it waits for the one dial that there may be, too";
  auto& second = net_.connect_http2();
  EXPECT_EQ(two.connection, &second);
  pass(1s);
  EXPECT_EQ(served({waiters_.back().get()}), 1u);
  EXPECT_EQ(net_.dials, 2u);
  EXPECT_EQ(first.streams() + second.streams(), 3u);
}

TEST_F(OriginPoolBulk, near_origins_and_http1_are_as_ever) {
  auto& near = know(1ms);
  EXPECT_EQ(ask_bulk().connection, &near);
  EXPECT_EQ(ask_bulk().connection, &near);
  EXPECT_EQ(net_.dials, 1u);
}

TEST_F(OriginPoolBulk, F034_what_turns_out_to_be_large_is_left_alone) {
  settings_.min_ready = 1;
  auto& first = know();
  ask();
  EXPECT_EQ(net_.dialing.size(), 0u);
  pool().note_bulk(first.serial());
  EXPECT_EQ(net_.dialing.size(), 1u) << "small requests will want another";
  auto& second = net_.connect_http2();
  EXPECT_EQ(ask().connection, &second);
}

TEST_F(OriginPoolBulk, F034_large_answers_that_shared_a_connection_have_one_each_the_next_time) {
  settings_.min_ready = 1;
  auto& first = know();
  ask_times(4);
  for (int i = 0; i < 4; ++i) {
    pool().note_bulk(first.serial());
    first.receive(1 << 20);
  }
  EXPECT_EQ(net_.dialing.size(), 4u);
  while (!net_.dialing.empty()) net_.connect_http2();
  while (first.streams() > 0) first.end_stream();
  pass(1s);  // its window is not what it had grown to any more
  ask_times(4);
  for (auto* c : net_.connections) EXPECT_LE(c->streams(), 1u);
}

TEST_F(OriginPoolBulk, F034_as_many_as_lately_are_kept_ready) {
  settings_.min_ready = 1;
  know();
  ask_bulk();
  ask_bulk();
  while (!net_.dialing.empty()) net_.connect_http2();
  for (auto* c : std::vector(net_.connections))
    while (c->streams() > 0) c->end_stream();
  pass(5min);
  EXPECT_GE(net_.connections.size(), 3u) << "two for bodies and one beside them";
}

/// Connections that large bodies have worn (wear_policy.h).
class OriginPoolWorn : public OriginPoolBulk {
 protected:
  static void wear(FakeConnection& connection) {
    connection.counters.rtt = 100ms;
    connection.counters.sent_again = 7;
    connection.counters.window = connection.counters.threshold = 10'000;
  }
};

TEST_F(OriginPoolWorn, F034_one_is_replaced_before_the_next_large_body) {
  settings_.min_ready = 1;
  auto& first = know();
  ask_bulk();
  auto& beside = net_.connect_http2();
  wear(first);
  first.end_stream();
  turn();
  EXPECT_EQ(net_.dialing.size(), 1u) << "another is made in its place";
  EXPECT_FALSE(first.is_draining()) << "it serves until that stands";
  EXPECT_EQ(ask_bulk().connection, &beside) << "but large bodies only where there is no other";
  auto& second = net_.connect_http2();
  EXPECT_TRUE(first.is_draining());
  EXPECT_EQ(ask_bulk().connection, &second);
}

TEST_F(OriginPoolWorn, F034_over_http1_too) {
  settings_.min_ready = 1;
  know(100ms, Protocol::http1);
  auto& waiter = ask_bulk();
  while (!net_.dialing.empty()) net_.connect(Protocol::http1, 1);
  const auto open = net_.connections.size();
  ASSERT_TRUE(waiter.served());
  wear(*waiter.connection);
  waiter.connection->end_stream();
  turn();
  ASSERT_EQ(net_.dialing.size(), 1u) << "another is made in its place";
  net_.connect(Protocol::http1, 1);
  turn();
  EXPECT_EQ(net_.connections.size(), open);
}

TEST_F(OriginPoolWorn, small_requests_wear_none) {
  settings_.min_ready = 1;
  auto& first = know();
  ask();
  wear(first);
  const auto dials = net_.dials;
  first.end_stream();
  turn();
  EXPECT_EQ(net_.dials, dials);
}

TEST_F(OriginPoolWorn, near_ones_are_not_replaced) {
  settings_.min_ready = 1;
  auto& near = know(1ms);
  ask_bulk();
  wear(near);
  const auto dials = net_.dials;
  near.end_stream();
  turn();
  EXPECT_EQ(net_.dials, dials);
}

class OriginPoolLossy : public OriginPoolBulk {
 protected:
  /// The path has lost this share of many packets, as the connection counts them.
  void lose(FakeConnection& connection, double share) {
    connection.counters.sent += 10'000;
    connection.counters.sent_again += static_cast<std::uint64_t>(10'000 * share);
    pass(1s);
    auto& waiter = ask();
    ASSERT_EQ(waiter.connection, &connection);
    connection.end_stream();
  }
};

TEST_F(OriginPoolLossy, F034_requests_spread_where_packets_are_lost) {
  settings_.min_ready = 1;
  auto& first = know();
  ask_times(4);
  EXPECT_EQ(first.streams(), 4u) << "a clean path is shared";
  while (first.streams() > 0) first.end_stream();
  EXPECT_TRUE(net_.dialing.empty());
  lose(first, 0.01);
  ask();
  EXPECT_EQ(net_.dialing.size(), 1u) << "one for three of the recent peak of four";
  while (!net_.dialing.empty()) net_.connect_http2();
  ask_times(5);
  for (auto* c : net_.connections) EXPECT_EQ(c->streams(), 3u);
}

TEST_F(OriginPoolLossy, F034_a_connection_each_where_many_packets_are_lost) {
  settings_.min_ready = 1;
  auto& first = know();
  ask_times(4);
  while (first.streams() > 0) first.end_stream();
  lose(first, 0.03);
  ask();
  EXPECT_EQ(net_.dialing.size(), 3u);
  while (!net_.dialing.empty()) net_.connect_http2();
  ask_times(3);
  for (auto* c : net_.connections) EXPECT_EQ(c->streams(), 1u);
}

TEST_F(OriginPoolLossy, what_was_lost_long_ago_is_not_remembered_over_a_restart) {
  settings_.min_ready = 1;
  lose(know(), 0.03);
  EXPECT_NEAR(pool().memory().loss, 0.03, 0.001);
  pass(1h);
  EXPECT_EQ(pool().memory().loss, 0);
}

TEST_F(OriginPoolLossy, a_near_path_is_shared_whatever_it_loses) {
  settings_.min_ready = 1;
  auto& first = know(1ms);
  ask_times(4);
  while (first.streams() > 0) first.end_stream();
  lose(first, 0.01);
  ask_times(4);
  EXPECT_EQ(first.streams(), 4u);
  EXPECT_TRUE(net_.dialing.empty());
}

}  // namespace
}  // namespace ccnproxy::pool
