// What one worker learns of an origin holds for the pools of the others (F136).

#include "ccnproxy/pool/origin_state.h"

#include <thread>

#include "unit/pool/workers_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// The parameter: whether the second worker's pool is there before the first one learns.
class OriginStateWorkers : public WorkersFixture, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) pool(1);
  }
  /// A connection of that worker that has carried a request.
  FakeConnection& used_http1(std::size_t worker) {
    ask(worker);
    auto& connection = net_[worker].connect_http1();
    connection.end_stream();
    return connection;
  }
  FakeConnection& used_http2(std::size_t worker, std::size_t limit = 100) {
    ask(worker);
    auto& connection = net_[worker].connect_http2(limit);
    connection.end_stream();
    return connection;
  }
  /// Two ends that agree, far enough apart to be no restart, seen by that worker.
  void learn_idle_limit(std::size_t worker, Duration limit) {
    for (int i = 0; i < 2; ++i) {
      auto& connection = used_http1(worker);
      pass(limit);
      connection.close();
      pass(seconds(1));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Pool, OriginStateWorkers, testing::Bool(), [](const auto& test) {
  return test.param ? "made_before" : "made_later";
});

TEST_P(OriginStateWorkers, F136_a_burst_to_a_known_http1_origin_is_dialled_at_once) {
  used_http1(0);
  ask_times(1, 50);
  EXPECT_EQ(net_[1].dials, 50U);
  EXPECT_EQ(pool(1).waiting(), 50U);
}

TEST_P(OriginStateWorkers, F136_a_burst_to_a_known_http2_origin_is_one_dial) {
  used_http2(0);
  ask_times(1, 50);
  EXPECT_EQ(net_[1].dials, 1U);
}

TEST_P(OriginStateWorkers, F136_a_burst_keeps_to_the_limit_of_streams_that_is_known) {
  used_http2(0, 10);
  ask_times(1, 50);
  EXPECT_EQ(net_[1].dials, 5U);
  EXPECT_EQ(net_[1].stream_limit, 10U) << "before its own SETTINGS are there";
}

TEST_P(OriginStateWorkers, F136_a_limit_of_streams_that_comes_late_holds_for_all) {
  ask(0);
  auto& connection = net_[0].connect_http2();
  net_[0].settings = 20;
  connection.set_limit(20);
  ask_times(1, 40);
  EXPECT_EQ(net_[1].dials, 2U);
  EXPECT_EQ(net_[1].stream_limit, 20U);
  net_[1].settings = 50;  // and a worker that is told heeds what it hears itself
  net_[1].connect_http2(50);
  EXPECT_EQ(pool(0).memory().stream_limit, 50U);
}

TEST_P(OriginStateWorkers, F136_learnt_limits_hold_for_connections_of_other_workers) {
  settings_.min_ready = 1;
  settings_.spare = 0;
  used_http1(1);
  learn_idle_limit(0, seconds(2));
  EXPECT_EQ(pool(1).report().learned.idle, seconds(2));
  EXPECT_EQ(pool(1).memory().limits.idle, seconds(2));
}

TEST_P(OriginStateWorkers, F136_an_idle_connection_is_not_lent_beyond_a_limit_another_learnt) {
  auto& mine = used_http1(1);
  learn_idle_limit(0, seconds(2));
  const auto dials = net_[1].dials;
  EXPECT_FALSE(ask(1).served()) << "it has been idle for longer";
  EXPECT_EQ(net_[1].dials, dials + 1);
  EXPECT_EQ(mine.streams(), 0U);
}

TEST_P(OriginStateWorkers, F136_a_limit_of_requests_holds_for_connections_of_other_workers) {
  for (int i = 0; i < 2; ++i) {
    ask(0);
    auto& connection = net_[0].connect_http2();
    for (int n = 1; n < 5; ++n) ask(0);
    for (int n = 0; n < 5; ++n) connection.end_stream();
    connection.goaway();
    pass(seconds(1));
  }
  EXPECT_EQ(pool(1).report().learned.requests, 5U);
  ask_times(1, 10);
  EXPECT_EQ(net_[1].dials, 2U) << "each takes five";
}

TEST_P(OriginStateWorkers, F136_a_restart_that_two_workers_see_is_one_end) {
  auto& first = used_http1(0);
  auto& second = used_http1(1);
  pass(seconds(7));
  first.close();
  pass(milliseconds(20));
  second.close();
  EXPECT_EQ(pool(0).memory().limits, CloseLimits());
  EXPECT_EQ(pool(1).memory().limits, CloseLimits());
}

TEST_P(OriginStateWorkers, F136_two_ends_that_agree_teach_whichever_workers_saw_them) {
  for (std::size_t worker = 0; worker < 2; ++worker) {
    auto& connection = used_http1(worker);
    pass(seconds(7));
    connection.close();
    pass(seconds(1));
  }
  EXPECT_EQ(pool(0).memory().limits.idle, seconds(7));
  EXPECT_EQ(pool(1).report().learned.idle, seconds(7));
}

TEST_P(OriginStateWorkers, F136_what_was_learnt_lapses_in_all_copies) {
  learn_idle_limit(0, seconds(7));
  EXPECT_EQ(pool(1).report().learned.idle, seconds(7));
  pass(minutes(61));
  EXPECT_EQ(pool(1).report().learned.idle, std::nullopt);
}

/// The round trip decides whether HTTP/2 connections are worth a window each.
TEST_P(OriginStateWorkers, F136_the_round_trip_is_known) {
  net_[0].rtt = milliseconds(1);
  used_http2(0);
  EXPECT_EQ(shared_->state().rtt(), milliseconds(1));
  settings_.min_ready = 1;
  pools_[1].reset();
  pool(1);
  ask_times(1, 50);
  EXPECT_EQ(pool(1).report().wanted, 1U) << "a near one is not";
}

TEST_P(OriginStateWorkers, F136_the_size_of_answers_is_known) {
  ask(0);
  auto& connection = net_[0].connect_http2();
  connection.receive(7000);
  connection.end_stream();
  settings_.min_ready = 1;
  pools_[1].reset();
  pool(1);
  ask_times(1, 20);
  const auto wanted = pool(1).report().wanted;
  EXPECT_GT(wanted, 5U) << "two such answers fill a window";
}

TEST_P(OriginStateWorkers, F136_an_origin_of_other_workers_is_not_kept_ready_here) {
  settings_.min_ready = 1;
  pools_[1].reset();
  pool(1);
  used_http2(0);
  pass(seconds(6));
  EXPECT_TRUE(pool(1).better_worker()) << "where a request goes instead";
  pass(seconds(6));
  EXPECT_TRUE(pool(1).has_answered());
  EXPECT_FALSE(pool(1).is_kept());
  EXPECT_FALSE(pool(1).report().kept_warm);
  EXPECT_EQ(net_[1].dials, 0U);
  ask(1);
  EXPECT_TRUE(pool(1).is_kept());
}

TEST_P(OriginStateWorkers, F136_a_recalled_origin_is_known_to_all_and_news_stays) {
  OriginSnapshot memory;
  memory.protocol = origin::Protocol::http2;
  memory.stream_limit = 10;
  memory.limits.idle = seconds(9);
  pool(0).recall(memory, Duration(0));
  EXPECT_EQ(pool(1).memory().limits, memory.limits);
  EXPECT_EQ(pool(1).memory().stream_limit, 10U);
  memory.protocol = origin::Protocol::http1;
  memory.limits.idle = seconds(3);
  pool(1).recall(memory, Duration(0));
  EXPECT_EQ(pool(0).memory().protocol, origin::Protocol::http2) << "heard of already";
  EXPECT_EQ(pool(0).memory().limits.idle, seconds(9));
}

TEST_P(OriginStateWorkers, F136_a_reload_forgets_once_for_all_workers) {
  learn_idle_limit(0, seconds(7));
  shared_->state().require_http1(clock_.now() + minutes(1));
  pool(1);
  replace(0, 1);
  EXPECT_EQ(pool(1).memory().limits, CloseLimits());
  EXPECT_FALSE(pool(1).requires_http1());
  learn_idle_limit(0, seconds(4));
  replace(1, 1);
  EXPECT_EQ(pool(1).memory().limits.idle, seconds(4)) << "learnt by the new configuration";
  replace(0, 2);
  EXPECT_EQ(pool(1).memory().limits, CloseLimits());
  EXPECT_EQ(pool(1).report().learned.idle, std::nullopt);
}

TEST_P(OriginStateWorkers, F136_connections_of_before_a_reload_teach_nothing_any_more) {
  settings_.min_ready = 1;  // they stay until others stand in their place
  pools_[1].reset();
  auto& first = used_http1(0);
  auto& second = used_http1(1);
  replace(0, 1);
  replace(1, 1);
  pass(seconds(2));
  ASSERT_EQ(net_[0].connections, std::vector{&first});
  first.close();
  pass(milliseconds(300));
  ASSERT_EQ(net_[1].connections, std::vector{&second});
  second.close();
  EXPECT_EQ(pool(0).memory().limits, CloseLimits());
}

TEST(OriginState, the_path_outlives_a_restart_and_not_another_place) {
  const TimePoint now{minutes(9)};
  OriginState state;
  EXPECT_EQ(state.measured_rtt(), std::nullopt);
  EXPECT_EQ(state.measured_loss(now), std::nullopt);
  OriginSnapshot memory;
  memory.rtt = milliseconds(90);
  memory.loss = 0.01;
  state.recall(memory, now);
  EXPECT_EQ(state.measured_rtt(), milliseconds(90));
  EXPECT_NEAR(state.loss(), 0.01, 1e-6);
  EXPECT_NEAR(state.measured_loss(now).value_or(0), 0.01, 1e-9);
  state.forget_lessons(1);
  EXPECT_EQ(state.measured_rtt(), std::nullopt);
  EXPECT_EQ(state.loss(), 0);
}

TEST(OriginState, F136_workers_learn_and_read_at_the_same_time) {
  OriginState state;
  const auto work = [&state](int worker) {
    LearnedLimits copy;
    std::uint32_t lessons = 0;
    for (int i = 1; i <= 2000; ++i) {
      const TimePoint now{seconds(i)};
      state.note_protocol(worker == 0 ? origin::Protocol::http1 : origin::Protocol::http2);
      state.note_streams_each(static_cast<std::size_t>(i));
      state.note_answers(1000);
      state.note_rtt(milliseconds(i));
      state.note_end({seconds(5), seconds(9), 3, false}, now);
      if (state.lessons() != lessons) lessons = state.copy_lessons(copy);
      const auto idle = copy.limits(now).idle;
      EXPECT_EQ(idle.value_or(seconds(5)), seconds(5));
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  EXPECT_EQ(state.limits(TimePoint{seconds(2000)}).idle, seconds(5));
  EXPECT_EQ(state.mean_answer(), 1000U);
}

TEST(OriginState, F136_a_copy_of_lessons_is_a_copy) {
  LearnedLimits learned;
  LearnedLimits copy = learned;
  learned.recall({seconds(5), std::nullopt, std::nullopt, 100}, TimePoint{});
  EXPECT_EQ(copy.limits(TimePoint{}), CloseLimits());
  copy = learned;
  EXPECT_EQ(copy.limits(TimePoint{}), learned.limits(TimePoint{}));
  learned.recall({seconds(3), std::nullopt, std::nullopt, 10}, TimePoint{});
  EXPECT_EQ(copy.limits(TimePoint{}).idle, seconds(5));
  copy = LearnedLimits();
  EXPECT_EQ(copy.limits(TimePoint{}), CloseLimits());
}

}  // namespace
}  // namespace ccnproxy::pool
