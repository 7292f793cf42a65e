// What a pool does to an origin whose connections end: how often it is dialled, for any reason.

#include <functional>

#include <gmock/gmock.h>

#include "unit/pool/ready_fixture.h"

namespace ccnproxy::pool {
namespace {

using origin::Protocol;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

using End = void (*)(FakeConnection&);
struct EndCase {
  const char* name;
  Protocol protocol;
  End end;
};

class OriginPoolDials : public OriginPoolReady {
 protected:
  /// One round trip for each dial; then `with` happens to its connection.
  void live_dialled(Duration time, Protocol protocol,
                    const std::function<void(FakeConnection&)>& with) {
    for (Duration t{0}; t < time; t += milliseconds(8)) {
      for (auto n = net_.dialing.size(); n > 0; --n) with(net_.connect(protocol, limit(protocol)));
      pass(milliseconds(8));
    }
  }
  static std::size_t limit(Protocol protocol) { return protocol == Protocol::http1 ? 1 : 100; }
  /// An origin that was well and is in use.
  void use(Protocol protocol) {
    ask();
    auto& connection = net_.connect(protocol, limit(protocol));
    connection.end_stream();
    pass(seconds(2));
    while (!net_.dialing.empty()) net_.connect(protocol, limit(protocol));
    pass(seconds(2));
  }
  void end_all() {
    for (auto* connection : std::vector(net_.connections)) connection->close();
    turn();
  }
};

class EndsAfterTls : public OriginPoolDials, public testing::WithParamInterface<EndCase> {};

TEST_P(EndsAfterTls, F147_is_a_dial_that_failed) {
  settings_.min_ready = 3;
  use(GetParam().protocol);
  end_all();
  const auto before = net_.dials;
  std::size_t at_once = 0;
  live_dialled(seconds(40), GetParam().protocol, [&](auto& connection) {
    at_once = std::max(at_once, net_.dialing.size() + net_.connections.size());
    GetParam().end(connection);
    turn();
  });
  EXPECT_LE(net_.dials - before, 9u) << "whatever number is wanted";
  EXPECT_GE(net_.dials - before, 5u) << "and it is looked whether it has come back";
  EXPECT_LE(at_once, 3u);
  EXPECT_THAT(pool().report().last_failure, testing::HasSubstr("before its first answer"));

  live_dialled(seconds(40), GetParam().protocol, [](auto&) {});
  EXPECT_EQ(net_.connections.size(), 3u) << "it has";
  EXPECT_EQ(pool().report().last_failure, "");
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, EndsAfterTls,
    testing::Values(EndCase{"http1_close", Protocol::http1, [](auto& c) { c.close(); }},
                    EndCase{"http2_close", Protocol::http2, [](auto& c) { c.close(); }},
                    EndCase{"http2_goaway", Protocol::http2, [](auto& c) { c.goaway(); }},
                    EndCase{"http2_settings_of_no_stream_and_close", Protocol::http2,
                            [](auto& c) {
                              c.set_limit(0);
                              c.close();
                            }},
                    EndCase{"http2_goaway_and_no_end", Protocol::http2,
                            [](auto& c) {
                              ASSERT_TRUE(c.capacity() > 0);
                              c.goaway();
                            }}),
    [](const auto& of) { return std::string(of.param.name); });

TEST_F(OriginPoolDials, F147_while_a_dial_is_on_trial_no_other_begins) {
  settings_.min_ready = 5;
  use(Protocol::http2);
  end_all();
  live_dialled(milliseconds(500), Protocol::http2, [&](auto& c) {
    c.close();
    turn();
  });
  while (net_.dialing.empty()) pass(milliseconds(8));
  net_.connect_http2();
  EXPECT_TRUE(net_.dialing.empty());
  pass(milliseconds(900));
  EXPECT_TRUE(net_.dialing.empty()) << "it has not lived for a second";
  pass(milliseconds(200));
  EXPECT_EQ(net_.dialing.size(), 4u);
}

TEST_F(OriginPoolDials, F147_the_first_answer_ends_the_trial) {
  settings_.min_ready = 5;
  use(Protocol::http2);
  end_all();
  live_dialled(milliseconds(500), Protocol::http2, [&](auto& c) {
    c.close();
    turn();
  });
  while (net_.dialing.empty()) pass(milliseconds(8));
  auto& connection = net_.connect_http2();
  ASSERT_EQ(ask().connection, &connection) << "it carries requests meanwhile";
  EXPECT_TRUE(net_.dialing.empty());
  connection.end_stream();
  EXPECT_EQ(net_.dialing.size(), 4u);
}

TEST_F(OriginPoolDials, F147_an_old_connections_answer_says_nothing_of_a_new_dial) {
  settings_.min_ready = 2;
  use(Protocol::http2);
  ASSERT_EQ(net_.connections.size(), 2u);
  net_.connections.at(0)->close();
  turn();
  const auto before = net_.dials;
  live_dialled(seconds(40), Protocol::http2, [&](auto& c) {
    c.close();
    turn();
    auto& old = *net_.connections.at(0);
    ask();
    old.end_stream();
  });
  EXPECT_LE(net_.dials - before, 10u);
}

TEST_F(OriginPoolDials, F147_an_origin_that_is_well_is_not_held_back) {
  const auto burst = ask_times(40);
  net_.connect_http1();
  EXPECT_EQ(net_.dialing.size(), 39u) << "before the first answer";
  connect_all_http1();
  EXPECT_EQ(served(burst), 40u);
}

TEST_F(OriginPoolDials, F147_a_warm_start_is_not_held_back) {
  OriginSnapshot memory;
  memory.protocol = Protocol::http1;
  memory.peak = 40;
  pool().recall(memory, seconds(1));
  std::size_t rounds = 0;
  for (; !net_.dialing.empty(); ++rounds) {
    for (auto n = net_.dialing.size(); n > 0; --n) net_.connect_http1();
  }
  EXPECT_EQ(net_.connections.size(), 40u);
  EXPECT_LE(rounds, 40u);
}

/// A flood of requests to an origin that fails is no flood of handshakes.
class FloodOfRequests : public OriginPoolDials, public testing::WithParamInterface<EndCase> {};

TEST_P(FloodOfRequests, F147_shares_few_dials) {
  use(GetParam().protocol);
  end_all();
  const auto before = net_.dials;
  for (Duration t{0}; t < minutes(1); t += milliseconds(8)) {
    for (int i = 0; i < 8; ++i) ask();
    for (auto n = net_.dialing.size(); n > 0; --n) {
      auto& connection = net_.connect(GetParam().protocol, limit(GetParam().protocol));
      GetParam().end(connection);
      turn();
    }
    pass(milliseconds(8));
    std::erase_if(waiters_, [](const auto& w) { return w->answered(); });
  }
  // The first minute's tries, those that the first ones paid for, and one ahead now and then.
  EXPECT_LE(net_.dials - before, 130u + 8u + 12u);
  EXPECT_LT(waiters_.size(), 8u * 80u) << "none waits for longer than the next try";
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, FloodOfRequests,
    testing::Values(EndCase{"http1_close", Protocol::http1, [](auto& c) { c.close(); }},
                    EndCase{"http2_close", Protocol::http2, [](auto& c) { c.close(); }}),
    [](const auto& of) { return std::string(of.param.name); });

TEST_F(OriginPoolDials, F147_a_request_at_an_origin_that_fails_gets_a_dial_of_its_own_at_once) {
  use(Protocol::http1);
  end_all();
  live_dialled(seconds(20), Protocol::http1, [&](auto& c) {
    c.close();
    turn();
  });
  ASSERT_TRUE(net_.dialing.empty());
  auto& waiter = ask();
  ASSERT_EQ(net_.dialing.size(), 1u) << "back-off or not";
  net_.connect_http1();
  EXPECT_TRUE(waiter.served());
}

TEST_F(OriginPoolDials, F147_a_connection_that_is_full_at_once_is_not_dialled_in_a_circle) {
  auto& waiter = ask();
  std::size_t dials = 0;
  for (Duration t{0}; t < queue_deadline + seconds(1); t += milliseconds(8)) {
    while (!net_.dialing.empty() && dials < 1000) {
      net_.connect_http2(0);
      ++dials;
    }
    pass(milliseconds(8));
  }
  EXPECT_TRUE(waiter.error);
  EXPECT_LE(dials, 40u);
}

// F148: idle limits that are shorter than keeping ready is worth.

class BriefLimits : public OriginPoolDials,
                    public testing::WithParamInterface<std::tuple<Protocol, int>> {
 protected:
  Protocol protocol() const { return std::get<0>(GetParam()); }
  Duration limit_time() const { return milliseconds(100) * std::get<1>(GetParam()); }

  /// What an origin with this limit does in a while.
  void live_limited(Duration time) {
    std::map<std::uint64_t, Duration> idle;
    for (Duration t{0}; t < time; t += milliseconds(8)) {
      for (auto n = net_.dialing.size(); n > 0; --n) net_.connect(protocol(), limit(protocol()));
      pass(milliseconds(8));
      for (auto* c : std::vector(net_.connections)) {
        if ((idle[c->serial()] += milliseconds(8)) >= limit_time()) c->close();
      }
      turn();
    }
  }
};

TEST_P(BriefLimits, F148_are_not_kept_ready) {
  ask();
  net_.connect(protocol(), limit(protocol())).end_stream();
  live_limited(seconds(40));
  EXPECT_LE(net_.dials, 10u);
  const auto report = pool().report();
  EXPECT_THAT(report.not_kept_ready, testing::HasSubstr("ends a connection"));
  EXPECT_FALSE(report.kept_warm);
  EXPECT_EQ(report.wanted, 0u);
  EXPECT_TRUE(pool().is_kept()) << "and is not forgotten for that";

  auto& again = ask();
  net_.connect(protocol(), limit(protocol()));
  EXPECT_TRUE(again.served());
}

INSTANTIATE_TEST_SUITE_P(Limits, BriefLimits,
                         testing::Combine(testing::Values(Protocol::http1, Protocol::http2),
                                          testing::Range(3, 31)));

TEST_F(OriginPoolDials, F148_limits_that_never_agree_cost_two_dials_a_second_at_most) {
  settings_.min_ready = 4;
  use(Protocol::http1);
  const auto before = net_.dials;
  std::map<std::uint64_t, Duration> idle;
  for (Duration t{0}; t < minutes(2); t += milliseconds(8)) {
    connect_all_http1();
    pass(milliseconds(8));
    for (auto* c : std::vector(net_.connections)) {
      const auto lives = milliseconds(1100 + c->serial() * 137 % 1500);
      if ((idle[c->serial()] += milliseconds(8)) >= lives) c->close();
    }
    turn();
  }
  EXPECT_LE(net_.dials - before, 240u + 16u);
}

class AnnouncedLimits : public OriginPoolDials, public testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Seconds, AnnouncedLimits, testing::Values(0, 1, 2));

TEST_P(AnnouncedLimits, F148_a_connection_is_not_used_beyond_half_of_it) {
  ask();
  auto& connection = net_.connect_http1();
  connection.announced.idle = seconds(GetParam());
  connection.end_stream();
  const auto serial = connection.serial();
  clock_.advance(milliseconds(500 * GetParam() + 1));  // and no timer has run
  auto& next = ask();
  connect_all_http1();
  EXPECT_NE(next.serial, serial);
}

TEST_F(OriginPoolDials, F148_requests_in_quick_succession_share_a_connection_of_a_short_limit) {
  ask();
  auto& connection = net_.connect_http1();
  connection.announced.idle = seconds(1);
  const auto dials = net_.dials;
  for (int i = 0; i < 100; ++i) {
    connection.end_stream();
    pass(milliseconds(100));
    ASSERT_EQ(ask().connection, &connection);
  }
  EXPECT_LE(net_.dials, dials + 2);
}

// F124: ends in quick succession.

TEST_F(OriginPoolDials, F124_after_a_few_cuts_a_connection_is_not_used_again) {
  const auto post = [&] {
    auto& waiter = ask();
    connect_all_http1();
    return &waiter;
  };
  std::size_t lost = 0;
  for (int i = 0; i < 100; ++i) {
    auto* waiter = post();
    ASSERT_TRUE(waiter->served());
    auto* connection = waiter->connection;
    if (connection->requests() > 1) {  // it closes 20 ms after a response, without a word
      ++lost;
      EXPECT_LT(i, 20);
      connection->close();
    } else {
      connection->end_stream();
    }
    turn();
    pass(milliseconds(1));
  }
  EXPECT_GE(lost, 2u);
  EXPECT_EQ(pool().report().learned.requests, 1u);
}

TEST_F(OriginPoolDials, F147_a_request_that_is_given_up_says_nothing_of_its_origin) {
  for (int i = 0; i < 10; ++i) {
    auto& waiter = ask();
    if (!waiter.served()) net_.connect_http1();
    connect_all_http1();
    auto& connection = *waiter.connection;
    connection.give_up();
    turn();
    pass(seconds(1));
  }
  const auto report = pool().report();
  EXPECT_EQ(report.last_failure, "");
  EXPECT_FALSE(report.learned.requests);
}

TEST_F(OriginPoolDials, F124_restarts_leave_connections_as_good_as_they_were) {
  settings_.min_ready = 8;
  use(Protocol::http1);
  for (int restart = 0; restart < 2; ++restart) {
    const auto running = ask_times(6);
    connect_all_http1();
    for (auto* w : running) w->connection->end_stream();
    pass(seconds(30));
    ask_times(6);
    end_all();
    live_dialled(minutes(5), Protocol::http1, [](auto&) {});
  }
  const auto learned = pool().report().learned;
  EXPECT_FALSE(learned.requests);
  EXPECT_FALSE(learned.idle);
  EXPECT_FALSE(learned.unused);
}

}  // namespace
}  // namespace ccnproxy::pool
