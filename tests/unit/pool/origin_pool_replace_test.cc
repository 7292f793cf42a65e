// How a pool replaces connections before they go, leaves those that may be dead, and learns.

#include <gmock/gmock.h>

#include "unit/pool/ready_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(OriginPoolReady, F020_GOAWAY_is_answered_by_a_dial_at_once) {
  auto& connection = first_http2();
  pass(minutes(1));
  auto& running = ask();
  connection.goaway();
  EXPECT_EQ(net_.dialing.size(), 1u);
  net_.connect_http2();
  EXPECT_EQ(ask().found, observe::WaitResult::ready);
  EXPECT_EQ(running.connection->streams(), 1u) << "what runs on the old one runs to its end";
}

TEST_F(OriginPoolReady, F017_age_replaces_before_it_ends) {
  settings_.keep_warm = hours(3);
  auto& old = first_http2();
  const auto serial = old.serial();
  live(settings_.max_age, seconds(10));
  ASSERT_EQ(net_.dialing.size(), 1u);
  EXPECT_EQ(ask().serial, serial) << "until the new one stands, the old one serves";
  net_.connections.at(0)->end_stream();
  net_.connect_http2();
  turn();
  ASSERT_EQ(net_.connections.size(), 1u);
  EXPECT_NE(ask().serial, serial);
}

TEST_F(OriginPoolReady, F047_an_address_that_DNS_withdrew_is_replaced) {
  first_http2();
  net_.withdrawn = net_.address;
  net_.address = "192.0.2.2:443";
  live(seconds(6));
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http2();
  turn();
  ASSERT_EQ(net_.connections.size(), 1u);
  EXPECT_EQ(ask().connection->info().address, "192.0.2.2:443");
}

TEST_F(OriginPoolReady, F004_an_announced_idle_time_is_kept_to) {
  ask();
  auto& connection = net_.connect_http1();
  connection.announced.idle = seconds(2);
  connection.end_stream();
  connect_all_http1();
  const auto serial = connection.serial();
  live(milliseconds(1500), milliseconds(10));
  connect_all_http1();
  turn();
  EXPECT_NE(ask().serial, serial);
}

TEST_F(OriginPoolReady, F001_learns_when_the_origin_closes_idle_connections) {
  first_http1();
  live(seconds(40));  // what the first request needed beside its own has gone
  const auto use = [&] {
    ask().connection->end_stream();
    live(seconds(40));
    connect_all_http1();
    ask().connection->end_stream();
  };
  for (int i = 0; i < 2; ++i) {
    use();
    live(seconds(5), milliseconds(10));
    net_.connections.at(0)->close();
    connect_all_http1();
  }
  for (int i = 0; i < 20; ++i) {  // replaced before five seconds are over, each time
    use();
    const auto serial = net_.connections.at(0)->serial();
    live(milliseconds(4200), milliseconds(10));
    connect_all_http1();
    turn();
    ASSERT_EQ(net_.connections.size(), 1u);
    EXPECT_NE(net_.connections[0]->serial(), serial);
  }
  EXPECT_EQ(pool().report().learned.idle.value_or(Duration(0)) / milliseconds(100), 50);
}

TEST_F(OriginPoolReady, F008_a_suspicious_connection_gets_nothing_and_has_a_replacement) {
  auto& connection = first_http2();
  pass(seconds(1));
  ask();
  connection.suspect(true);
  EXPECT_EQ(net_.dialing.size(), 1u);
  net_.connect_http2();
  EXPECT_NE(ask().serial, connection.serial());
  connection.suspect(false);
  EXPECT_EQ(count(State::ready), 2u) << "it may have been slow only";
}

TEST_F(OriginPoolReady, F008_what_leaves_a_suspicious_connection_goes_to_another_address) {
  settings_.min_ready = 3;
  net_.address = "192.0.2.1:443";
  auto& first = first_http2();
  auto& same = net_.connect_http2();
  net_.address = "192.0.2.2:443";
  auto& other = net_.connect_http2();
  ask();
  first.suspect(true);
  EXPECT_EQ(same.checks, 1) << "is it as dead?";
  EXPECT_EQ(other.checks, 0);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(ask().serial, other.serial());
  first.suspect(false);
  other.suspect(true);
  EXPECT_NE(ask().serial, other.serial()) << "trusted again";
}

TEST_F(OriginPoolReady, F096_at_the_limit_a_connection_that_has_to_go_makes_room_for_the_next) {
  settings_.max_connections = 1;
  settings_.keep_warm = hours(3);
  first_http2();
  live(settings_.max_age + seconds(20), seconds(10));
  EXPECT_EQ(net_.connections.size() + net_.dialing.size(), 1u);
  while (!net_.dialing.empty()) net_.connect_http2();
  EXPECT_TRUE(pool().is_ready());
}

}  // namespace
}  // namespace ccnproxy::pool
