// When connections are to end, by what is learnt of their origin and what they are told; which
// HTTP version they speak.

#include "ccnproxy/pool/lifetimes.h"

#include "ccnproxy/pool/protocol_choice.h"

#include "unit/pool/parts_fixture.h"

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;
using origin::Protocol;

class LifetimesTest : public PartsFixture {
 protected:
  void recall(const CloseLimits& limits) {
    OriginSnapshot memory;
    memory.limits = limits;
    memory.stream_limit = 50;
    env_.known().recall(memory, clock_.now());
  }
  /// The origin ends an idle connection after so long.
  void end_idle(Duration idle) {
    auto& c = connect();
    c.life.requests = 1;
    clock_.advance(idle);
    lifetimes_.note_end(c, "closed");
    connections_.close(c);
  }

  Lifetimes lifetimes_{env_, connections_};
};

TEST_F(LifetimesTest, lessons_of_others_hold_for_idle_connections_here) {
  auto& c = connect();
  EXPECT_FALSE(lifetimes_.catch_up());
  CloseLimits limits;
  limits.unused = 2s;
  recall(limits);
  EXPECT_EQ(c.lendable_until, TimePoint::max());
  EXPECT_TRUE(lifetimes_.catch_up());
  EXPECT_LT(c.lendable_until, clock_.now() + 2s);
  EXPECT_FALSE(lifetimes_.catch_up()) << "once";
}

TEST_F(LifetimesTest, two_ends_that_agree_are_a_limit) {
  end_idle(10s);
  EXPECT_EQ(lifetimes_.limits().idle, std::nullopt);
  end_idle(10s);
  EXPECT_TRUE(lifetimes_.limits().idle);
}

TEST_F(LifetimesTest, nothing_is_learnt_from_ends_of_our_own_or_of_outdated_connections) {
  for (int i = 0; i < 4; ++i) {
    auto& c = connect();
    c.life.requests = 1;
    (i < 2 ? c.ended_by_us : c.outdated) = true;
    clock_.advance(10s);
    lifetimes_.note_end(c, "closed");
  }
  EXPECT_EQ(lifetimes_.limits().idle, std::nullopt);
}

TEST_F(LifetimesTest, one_that_has_carried_all_its_requests_ends) {
  auto& c = connect();
  CloseLimits limits;
  limits.requests = 10;
  recall(limits);
  lifetimes_.catch_up();
  EXPECT_EQ(lifetimes_.most_requests(), 10u);
  EXPECT_EQ(lifetimes_.streams_each(), 10u) << "more than that it does not carry";
  c.life.requests = 9;
  EXPECT_FALSE(lifetimes_.end_if_used_up(c));
  c.life.requests = 10;
  EXPECT_TRUE(lifetimes_.end_if_used_up(c));
  EXPECT_EQ(c.state(), State::draining);
  EXPECT_FALSE(lifetimes_.end_if_used_up(c)) << "it has";
}

TEST_F(LifetimesTest, what_a_connection_was_told_holds_for_it_alone) {
  auto& told = connect(Protocol::http1, 1);
  auto& other = connect(Protocol::http1, 1);
  fake(told).announced.requests = 5;
  told.life.requests = other.life.requests = 5;
  EXPECT_TRUE(lifetimes_.end_if_used_up(told));
  EXPECT_FALSE(lifetimes_.end_if_used_up(other));
}

class ProtocolChoiceTest : public PartsFixture {
 protected:
  ProtocolChoice protocol_{env_, connections_};
};

TEST_F(ProtocolChoiceTest, HTTP2_ends_where_the_origin_requires_HTTP1) {
  auto& first = connect();
  auto& second = connect();
  auto& http1 = connect(Protocol::http1, 1);
  protocol_.note(Protocol::http2);
  EXPECT_TRUE(protocol_.uses_http2());
  protocol_.on_http1_required(first);
  EXPECT_TRUE(protocol_.requires_http1());
  EXPECT_FALSE(protocol_.uses_http2());
  EXPECT_TRUE(net_.only_http1);
  EXPECT_EQ(first.state(), State::draining);
  EXPECT_EQ(second.state(), State::draining);
  EXPECT_EQ(http1.state(), State::ready);
}

TEST_F(ProtocolChoiceTest, the_requirement_is_forgotten_after_an_hour) {
  protocol_.on_http1_required(connect());
  EXPECT_TRUE(protocol_.required_until());
  clock_.advance(1h);
  EXPECT_FALSE(protocol_.requires_http1());
  EXPECT_EQ(protocol_.required_until(), std::nullopt);
}

TEST_F(ProtocolChoiceTest, HTTP2_is_better_than_nothing) {
  protocol_.on_http1_required(connect());
  protocol_.forget_requirement();
  EXPECT_FALSE(protocol_.requires_http1());
  EXPECT_FALSE(net_.only_http1);
}

TEST_F(ProtocolChoiceTest, another_workers_connection_tells_of_HTTP2_too) {
  EXPECT_FALSE(protocol_.uses_http2());
  env_.known().note_protocol(Protocol::http2);
  EXPECT_TRUE(protocol_.uses_http2());
  EXPECT_EQ(protocol_.spoken(), std::nullopt);
}

}  // namespace
}  // namespace ccnproxy::pool
