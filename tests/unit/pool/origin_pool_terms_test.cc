// A pool that goes on under other terms: the configuration was changed while it runs.

#include <gmock/gmock.h>

#include "unit/pool/ready_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class OriginPoolTerms : public OriginPoolReady {
 protected:
  OriginPoolTerms() { settings_.keep_warm = hours(3); }
  ~OriginPoolTerms() override {
    waiters_.clear();
    pool_.reset();
    turn();
  }

  PoolTerms same() const {
    return {std::make_shared<const config::Pool>(settings_),
            std::make_shared<const config::Timeouts>(), queue_deadline};
  }
  /// Connections are made on `after_` from now on, and others replaced.
  PoolTerms elsewhere() {
    auto terms = same();
    terms.dialer = std::make_shared<FakeDialer>(after_);
    terms.replace = true;
    return terms;
  }

  FakeNetwork after_;
};

TEST_F(OriginPoolTerms, the_same_change_nothing) {
  auto& connection = first_http2();
  pool().adopt(same());
  turn();
  EXPECT_EQ(net_.dials, 1u);
  EXPECT_EQ(ask().connection, &connection);
}

TEST_F(OriginPoolTerms, other_bounds_hold_at_once) {
  first_http2();
  settings_.min_ready = 3;
  settings_.max_age = minutes(1);
  auto terms = same();
  pool().adopt(terms);
  EXPECT_EQ(net_.dialing.size(), 2u);
  net_.connect_http2();
  net_.connect_http2();
  live(minutes(1), seconds(1));
  EXPECT_GE(net_.dialing.size(), 1u) << "the first one is too old now";
}

TEST_F(OriginPoolTerms, another_dialer_of_the_same_kind_leaves_connections_alone) {
  auto& connection = first_http2(7);
  auto terms = elsewhere();
  terms.replace = false;
  pool().adopt(terms);
  turn();
  EXPECT_EQ(after_.dials, 0u);
  EXPECT_EQ(after_.stream_limit, 7u) << "what is known of the origin is";
  EXPECT_EQ(ask().connection, &connection);
  connection.goaway();
  EXPECT_EQ(net_.dials, 1u);
  EXPECT_EQ(after_.dials, 1u);
}

TEST_F(OriginPoolTerms, F020_others_stand_before_those_to_be_replaced_go) {
  auto& old = first_http2();
  pool().adopt(elsewhere());
  EXPECT_EQ(after_.dialing.size(), 1u);
  auto& during = ask();
  EXPECT_EQ(during.connection, &old) << "until then the old one serves";
  auto& connection = after_.connect_http2();
  turn();
  EXPECT_EQ(ask().connection, &connection);
  EXPECT_EQ(net_.connections.size(), 1u) << "a request runs on it";
  old.end_stream();
  turn();
  EXPECT_TRUE(net_.connections.empty());
  EXPECT_FALSE(net_.dialer_alive) << "nothing needs it any more";
}

TEST_F(OriginPoolTerms, F040_those_to_be_replaced_do_not_outlive_settings_that_fail) {
  auto& old = first_http2();
  auto& running = ask();
  pool().adopt(elsewhere());
  after_.refuse();
  EXPECT_EQ(ask().connection, &old) << "a moment's trouble costs nobody a request";
  old.end_stream();
  for (Duration t{0}; t < queue_deadline + seconds(1); t += seconds(1)) {
    pass(seconds(1));
    if (!after_.dialing.empty()) after_.refuse();
  }
  EXPECT_TRUE(running.served());
  EXPECT_FALSE(ask().served());
  EXPECT_EQ(count(State::draining), 1u) << "what runs on it runs to its end";
}

TEST_F(OriginPoolTerms, who_waits_gets_a_connection_of_the_new_kind) {
  auto& waiter = ask();
  EXPECT_EQ(net_.dialing.size(), 1u);
  pool().adopt(elsewhere());
  turn();
  EXPECT_EQ(net_.given_up, 1u);
  ASSERT_EQ(after_.dialing.size(), 1u);
  auto& connection = after_.connect_http2();
  EXPECT_EQ(waiter.connection, &connection);
}

TEST_F(OriginPoolTerms, a_dial_that_ends_in_the_turn_in_which_it_is_given_up_is_nobodys) {
  auto& waiter = ask();
  pool().adopt(elsewhere());
  net_.connect_http2();
  EXPECT_FALSE(waiter.answered());
  turn();
  EXPECT_TRUE(net_.connections.empty());
}

TEST_F(OriginPoolTerms, F016_the_back_off_of_the_settings_before_does_not_hold) {
  first_http2().close();
  turn();
  while (!net_.dialing.empty()) net_.refuse();
  pool().adopt(elsewhere());
  EXPECT_EQ(after_.dialing.size(), 1u);
}

TEST_F(OriginPoolTerms, F092_a_connection_to_a_prohibited_address_takes_nothing_more) {
  auto& old = first_http2();
  auto& running = ask();
  net_.prohibited = net_.address;
  net_.address = "192.0.2.9:443";
  pool().adopt(same());
  EXPECT_TRUE(old.is_draining());
  EXPECT_EQ(old.streams(), 1u);
  auto& next = ask();
  EXPECT_FALSE(next.answered());
  auto& connection = net_.connect_http2();
  EXPECT_EQ(next.connection, &connection);
  EXPECT_EQ(running.connection, &old);
}

TEST_F(OriginPoolTerms, F092_a_dial_under_way_to_an_address_that_is_prohibited_now_lends_nothing) {
  auto& waiter = ask();
  net_.prohibited = net_.address;
  pool().adopt(same());
  net_.connect_http2();
  EXPECT_FALSE(waiter.answered());
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.refuse(ErrorType::destination_ip_prohibited);
  EXPECT_TRUE(waiter.answered());
  EXPECT_FALSE(waiter.served());
}

TEST_F(OriginPoolTerms, F092_a_barred_origin_keeps_nothing_ready_and_serves_who_was_admitted) {
  first_http2();
  pool().keep_for_ever();
  auto terms = same();
  terms.barred = true;
  pool().adopt(terms);
  turn();
  EXPECT_TRUE(pool().is_barred());
  EXPECT_TRUE(net_.connections.empty());
  EXPECT_TRUE(net_.dialing.empty());
  auto& retried = ask();
  net_.connect_http2();
  EXPECT_TRUE(retried.served());
  net_.connections.at(0)->end_stream();
  live(minutes(1));
  EXPECT_TRUE(net_.connections.empty());
  pool().adopt(same());
  EXPECT_EQ(net_.dialing.size(), 1u) << "it is kept for ever again";
}

TEST_F(OriginPoolTerms, what_is_not_kept_for_ever_any_more_goes_as_others_do) {
  settings_.keep_warm = minutes(1);
  pool().keep_for_ever();
  net_.connect_http2();
  live(minutes(2), seconds(1));
  ASSERT_EQ(net_.connections.size(), 1u);
  pool().keep_as_used();
  turn();
  EXPECT_TRUE(net_.connections.empty());
}

}  // namespace
}  // namespace ccnproxy::pool
