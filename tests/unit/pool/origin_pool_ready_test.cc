// How a pool keeps connections ready ahead of need.

#include <gmock/gmock.h>

#include "ccnproxy/pool/readiness_policy.h"

#include "unit/pool/ready_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_F(OriginPoolReady, warm_for_ever_dials_before_the_first_request) {
  pool().keep_for_ever();
  EXPECT_EQ(net_.dials, 1u);
  EXPECT_FALSE(pool().is_ready());
  net_.connect_http2();
  EXPECT_TRUE(pool().is_ready());
  EXPECT_EQ(ask().found, observe::WaitResult::ready);
}

TEST_F(OriginPoolReady, warm_for_ever_stays_ready_for_ever) {
  settings_.max_age = hours(1);
  pool().keep_for_ever();
  net_.connect_http2();
  for (int i = 0; i < 300; ++i) {
    pass(minutes(1));
    while (!net_.dialing.empty()) net_.connect_http2();
    turn();
    ASSERT_TRUE(pool().is_ready()) << "minute " << i;
    ASSERT_EQ(net_.connections.size(), 1u) << "minute " << i;
  }
  EXPECT_GE(net_.dials, 5u) << "replaced at its age";
  EXPECT_LE(net_.dials, 7u);
}

TEST_F(OriginPoolReady, a_closed_connection_is_replaced_at_once_while_the_origin_is_in_use) {
  auto& connection = first_http2();
  pass(minutes(1));
  connection.close();
  EXPECT_EQ(net_.dialing.size(), 1u) << "although nobody waits";
  net_.connect_http2();
  EXPECT_EQ(ask().found, observe::WaitResult::ready);
}

TEST_F(OriginPoolReady, an_origin_that_nobody_uses_is_let_go) {
  first_http2();
  live(settings_.keep_warm - seconds(1), seconds(10));
  EXPECT_EQ(net_.connections.size(), 1u);
  live(settings_.keep_warm / 8, seconds(10));
  EXPECT_TRUE(net_.connections.empty());
  EXPECT_TRUE(pool().empty());
  EXPECT_TRUE(net_.dialing.empty());
}

TEST_F(OriginPoolReady, F016_an_origin_that_is_down_is_dialled_with_back_off) {
  auto& connection = first_http2();
  connection.close();
  live(seconds(1), milliseconds(8));
  std::size_t dials = 0;
  const auto before = net_.dials;
  for (int i = 0; i < 7500; ++i) {  // a minute
    if (!net_.dialing.empty()) {
      ASSERT_EQ(net_.dialing.size(), 1u) << "one in flight";
      net_.refuse();
      ++dials;
    }
    pass(milliseconds(8));
  }
  EXPECT_GE(net_.dials - before, 5u);
  EXPECT_LE(dials, 12u);
  while (net_.dialing.empty()) pass(milliseconds(100));
  net_.connect_http2();
  EXPECT_EQ(ask().found, observe::WaitResult::ready) << "and found when it is back";
}

TEST_F(OriginPoolReady, F088_a_prohibited_address_is_not_asked_again_and_again) {
  pool().keep_for_ever();
  for (int i = 0; i < 3; ++i) {
    net_.refuse(ErrorType::destination_ip_prohibited);
    const auto dials = net_.dials;
    pass(BackOff::most / 2 - seconds(1));
    EXPECT_EQ(net_.dials, dials);
    pass(seconds(2));
    EXPECT_EQ(net_.dials, dials + 1) << "DNS may have changed";
  }
}

TEST_F(OriginPoolReady, F016_an_origin_that_never_answered_is_not_dialled_unless_asked) {
  ask();
  net_.refuse();
  live(minutes(5), seconds(1));
  EXPECT_EQ(net_.dials, 1u);
  EXPECT_FALSE(pool().is_kept());
  ask();
  EXPECT_EQ(net_.dials, 2u);
}

TEST_F(OriginPoolReady, F016_an_origin_that_is_down_is_not_forgotten_while_it_is_kept) {
  first_http2().close();
  turn();
  while (!net_.dialing.empty()) net_.refuse();
  EXPECT_TRUE(pool().empty());
  EXPECT_TRUE(pool().is_kept());
}

TEST_F(OriginPoolReady, http1_keeps_what_its_recent_peak_needed) {
  const auto burst = ask_times(20);
  connect_all_http1();
  connect_all_http1();
  for (auto* waiter : burst) {
    ASSERT_TRUE(waiter->served());
    waiter->connection->end_stream();
  }
  live(minutes(9), seconds(5));
  EXPECT_EQ(net_.connections.size(), 20u);
  const auto again = ask_times(20);
  for (auto* waiter : again) EXPECT_EQ(waiter->found, observe::WaitResult::ready);
}

TEST_F(OriginPoolReady, http1_lets_a_peak_go_slowly) {
  const auto burst = ask_times(16);
  connect_all_http1();
  connect_all_http1();
  for (auto* waiter : burst) waiter->connection->end_stream();
  std::size_t last = 16;
  for (int i = 0; i < 60; ++i) {
    ask().connection->end_stream();
    live(minutes(1), seconds(5));
    connect_all_http1();
    EXPECT_LE(net_.connections.size(), std::max<std::size_t>(last, 2));
    last = net_.connections.size();
    if (i < 9) {
      EXPECT_EQ(last, 16u);
    }
  }
  EXPECT_LE(last, 2u);
  EXPECT_GE(last, 1u);
}

/// Those that were ready first go, once the burst's pair did not come.
TEST_F(OriginPoolReady, F098_no_more_idle_connections_stay_than_max_idle) {
  settings_.max_idle = 2;
  first_http1();
  ask_times(6);
  connect_all_http1();
  ASSERT_GE(net_.connections.size(), 6u);
  for (auto* c : std::vector(net_.connections)) {
    if (c->streams() > 0) c->end_stream();
  }
  const auto latest = net_.connections.back()->serial();
  live(std::chrono::seconds(40));
  ASSERT_EQ(net_.connections.size(), 2u);
  EXPECT_GE(net_.connections.back()->serial(), latest - 1);
  live(std::chrono::minutes(2));
  EXPECT_EQ(net_.connections.size(), 2u);
}

TEST_F(OriginPoolReady, http1_opens_the_next_before_it_is_asked_for) {
  first_http1();
  auto& busy = ask();
  EXPECT_EQ(busy.found, observe::WaitResult::ready);
  EXPECT_EQ(net_.connections.size() + net_.dialing.size(), 2u) << "one beyond those in use";
}

TEST_F(OriginPoolReady, http2_opens_the_next_before_the_last_is_full) {
  first_http2(8);
  pass(seconds(1));
  std::size_t n = 0;
  while (net_.dialing.empty() && n < 8) {
    EXPECT_EQ(ask().found, observe::WaitResult::ready);
    ++n;
  }
  EXPECT_EQ(n, 7u) << "three quarters of 8 are in use";
}

TEST_F(OriginPoolReady, a_burst_is_learnt_and_spread_the_next_time) {
  auto& only = first_http2();
  const auto burst = ask_times(50);
  for (auto* waiter : burst) EXPECT_EQ(waiter->found, observe::WaitResult::ready);
  EXPECT_EQ(only.streams(), 50u);
  while (!net_.dialing.empty()) net_.connect_http2();
  EXPECT_EQ(net_.connections.size(), 5u);
  for (auto* waiter : burst) waiter->connection->end_stream();
  live(minutes(1), seconds(1));
  EXPECT_EQ(net_.connections.size(), 5u);
  const auto again = ask_times(50);
  for (auto* connection : net_.connections) EXPECT_EQ(connection->streams(), 10u);
}

TEST_F(OriginPoolReady, a_burst_to_a_near_origin_shares_one_connection) {
  net_.rtt = milliseconds(1);
  first_http2();
  auto burst = ask_times(50);
  EXPECT_EQ(served(burst), 50u);
  EXPECT_TRUE(net_.dialing.empty());
}

TEST_F(OriginPoolReady, F020_a_connection_that_may_end_any_time_has_another_beside_it) {
  auto& connection = first_http2();
  const auto ask_once = [&] {
    ask();
    connection.end_stream();
    turn();
  };
  for (std::uint64_t i = 2; i < unproven_after; ++i) ask_once();
  EXPECT_TRUE(net_.dialing.empty());
  ask_once();
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http2();
  connection.close();
  EXPECT_EQ(ask().found, observe::WaitResult::ready);
}

TEST_F(OriginPoolReady, F020_a_number_of_requests_that_was_learnt_needs_none_beside_it) {
  OriginSnapshot memory;
  memory.protocol = origin::Protocol::http2;
  memory.stream_limit = 100;
  memory.limits.requests = 1000;
  pool().recall(memory, seconds(1));
  auto& connection = net_.connect_http2();
  for (std::uint64_t i = 0; i < 2 * unproven_after; ++i) {
    ask();
    connection.end_stream();
    turn();
  }
  EXPECT_TRUE(net_.dialing.empty());
}

TEST_F(OriginPoolReady, few_requests_share_one_connection_of_several) {
  settings_.min_ready = 3;
  first_http2();
  while (!net_.dialing.empty()) net_.connect_http2();
  ASSERT_EQ(net_.connections.size(), 3u);
  const auto few = ask_times(6);
  EXPECT_EQ(few.back()->connection->streams(), 6u);
}

TEST_F(OriginPoolReady, remembers_and_recalls_an_origin) {
  const auto burst = ask_times(7);
  connect_all_http1();
  connect_all_http1();
  const auto memory = pool().memory();
  EXPECT_EQ(memory.protocol, origin::Protocol::http1);
  EXPECT_EQ(memory.peak, 7u);

  waiters_.clear();
  pool_.reset();
  turn();
  net_ = FakeNetwork();
  pool().recall(memory, minutes(3));
  EXPECT_TRUE(pool().remembered());
  EXPECT_EQ(net_.dialing.size(), 7u) << "as many as were needed before";
}

TEST_F(OriginPoolReady, does_not_recall_what_was_not_used_lately) {
  OriginSnapshot memory;
  memory.origin = pool().origin();
  pool().recall(memory, settings_.keep_warm * 2);
  EXPECT_FALSE(pool().remembered());
  EXPECT_EQ(net_.dials, 0u);
}

TEST_F(OriginPoolReady, F098_given_up_it_holds_nothing_until_the_next_request) {
  first_http2();
  pool().give_up();
  turn();
  EXPECT_TRUE(pool().empty());
  live(minutes(1), seconds(1));
  EXPECT_EQ(net_.dials, 1u);
  ask();
  EXPECT_EQ(net_.dials, 2u);
}

TEST_F(OriginPoolReady, given_up_it_is_ready_again_when_it_is_to_be_warm_for_ever) {
  first_http2();
  pool().give_up();
  turn();
  pool().keep_for_ever();
  EXPECT_EQ(net_.dials, 2u);
}

TEST_F(OriginPoolReady, tells_what_it_plans_and_why) {
  first_http2();
  const auto report = pool().report();
  EXPECT_EQ(report.origin, "https://api.example.test");
  EXPECT_EQ(report.protocol, "h2");
  EXPECT_TRUE(report.kept_warm);
  ASSERT_EQ(report.connections.size(), 1u);
  EXPECT_EQ(report.connections[0].state, "ready");
  EXPECT_EQ(report.connections[0].next_action, "replace");
  EXPECT_EQ(report.connections[0].reason, "pool.max_age");
  ASSERT_TRUE(report.connections[0].due);
  ASSERT_FALSE(report.decisions.empty());
  EXPECT_THAT(report.decisions.back().text, testing::HasSubstr("connected to 192.0.2.1:443"));
  EXPECT_EQ(report.metrics.waits[2], 1u);
}

TEST_F(OriginPoolReady, counts_what_requests_found) {
  auto& dialed = ask();
  net_.connect_http1();
  auto& waited = ask();
  dialed.connection->end_stream();
  EXPECT_EQ(dialed.found, observe::WaitResult::dialed);
  EXPECT_EQ(waited.found, observe::WaitResult::waited);
  const auto& waits = pool().metrics().waits;
  EXPECT_THAT(waits, testing::ElementsAre(0, 1, 1));
}

}  // namespace
}  // namespace ccnproxy::pool
