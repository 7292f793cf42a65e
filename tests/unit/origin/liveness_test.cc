// When a silent connection is looked at, suspected, and left (F007, F008, F011).

#include <gtest/gtest.h>

#include "ccnproxy/net/event_loop.h"
#include "ccnproxy/origin/liveness_policy.h"
#include "ccnproxy/origin/liveness_watch.h"
#include "ccnproxy/origin/peer_state.h"

namespace ccnproxy::origin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto rtt = milliseconds(100);
constexpr auto times = liveness_times(rtt);

TEST(LivenessTimes, follow_the_round_trip_time) {
  EXPECT_EQ(times.probe, milliseconds(300));
  EXPECT_EQ(times.suspect, milliseconds(500));
  EXPECT_EQ(times.stalled, milliseconds(900)) << "the next connection may be looked at before it "
                                                 "serves, and all is to take a second and two "
                                                 "round trips";
  EXPECT_EQ(liveness_times(milliseconds(1)).stalled, milliseconds(900));
  EXPECT_EQ(liveness_times(milliseconds(500)).probe, milliseconds(1500));
}

struct StepCase {
  const char* name;
  LivenessFacts facts;  // silent, probed, ping_arrived, suspicious, {acked, outstanding, since_ack}
  LivenessStep expected;
};

class LivenessSteps : public testing::TestWithParam<StepCase> {};

TEST_P(LivenessSteps, follow_the_table) {
  EXPECT_EQ(liveness_step(GetParam().facts, times), GetParam().expected);
}

constexpr auto ms(int n) { return Duration(milliseconds(n)); }
constexpr PathState heard{5000, 0, ms(400)};
constexpr PathState unheard{5000, 300, ms(700)};
constexpr PathState uploading{5000, 100'000, ms(20)};
constexpr auto no_ping = std::nullopt;

INSTANTIATE_TEST_SUITE_P(
    Table, LivenessSteps,
    testing::Values(
        StepCase{"young", {ms(299), false, no_ping, false, unheard}, LivenessStep::wait},
        StepCase{"F008_probe", {ms(300), false, no_ping, false, heard}, LivenessStep::probe},
        StepCase{"F007_no_ack", {ms(500), true, no_ping, false, unheard}, LivenessStep::suspect},
        StepCase{"F007_no_ack_for_long",
                 {ms(900), true, no_ping, true, unheard},
                 LivenessStep::give_way},
        StepCase{
            "F008_ping_has_just_arrived", {ms(500), true, ms(0), false, heard}, LivenessStep::wait},
        StepCase{
            "F008_ping_unanswered", {ms(700), true, ms(200), false, heard}, LivenessStep::suspect},
        StepCase{"F008_ping_unanswered_among_other_traffic",
                 {ms(700), true, ms(200), false, uploading},
                 LivenessStep::suspect},
        StepCase{"F008_ping_unanswered_for_long",
                 {ms(900), true, ms(500), true, heard},
                 LivenessStep::give_way},
        StepCase{"suspected_before_it_is_left",
                 {ms(900), true, ms(500), false, heard},
                 LivenessStep::suspect},
        StepCase{"slow_but_it_acknowledges",
                 {ms(5000), true, no_ping, false, heard},
                 LivenessStep::wait},
        StepCase{"ping_behind_an_upload",
                 {ms(5000), true, no_ping, false, uploading},
                 LivenessStep::wait}),
    [](const auto& of) { return std::string(of.param.name); });

class FakeWatched final : public Watched {
 public:
  bool awaits_answer() const override { return awaits; }
  PathState path_state() const override { return path; }
  bool can_ping() const override { return may_ping; }
  void ping() override {
    ++pings;
    if (watch) watch->on_ping_written();
  }
  std::optional<TimePoint> unanswered_since() const override { return unanswered; }
  Duration patience() const override { return usual; }
  void on_suspicion() override { ++suspicions; }
  void on_stalled() override {
    ++stalls;
    awaits = false;
  }
  LivenessWatch* watch = nullptr;
  bool awaits = true;
  PathState path{100, 0, ms(0)};
  bool may_ping = true;
  std::optional<TimePoint> unanswered;
  Duration usual{};
  int pings = 0;
  int suspicions = 0;
  int stalls = 0;
};

class LivenessWatchTest : public testing::Test {
 public:
  void note() { noted_ = true; }

 protected:
  template <class Done>
  bool until(Done done) {
    const auto deadline = EventLoop::read_clock() + seconds(20);
    while (!done() && EventLoop::read_clock() < deadline) loop_.run_once(milliseconds(50));
    return done();
  }
  bool noted_ = false;
  EventLoop loop_;
  FakeWatched watched_;
  LivenessWatch watch_{loop_, milliseconds(1), watched_};
  LivenessWatchTest() { watched_.watch = &watch_; }
};

TEST_F(LivenessWatchTest, F008_an_unanswered_ping_leads_to_suspicion_and_a_way_out) {
  watch_.on_request();
  ASSERT_TRUE(until([&] { return watched_.stalls > 0; }));
  EXPECT_EQ(watched_.pings, 1);
  EXPECT_EQ(watched_.suspicions, 1);
  EXPECT_TRUE(watch_.is_suspicious());
}

TEST_F(LivenessWatchTest, F008_asked_for_a_sign_of_life_it_is_suspected_although_nobody_waits) {
  watched_.awaits = false;
  watch_.check();
  EXPECT_EQ(watched_.pings, 1) << "at once";
  ASSERT_TRUE(until([&] { return watched_.suspicions > 0; }));
  ASSERT_TRUE(until([&] { return watched_.stalls > 0; }));
}

TEST_F(LivenessWatchTest, asked_for_a_sign_of_life_and_giving_one_it_is_left_alone) {
  watched_.awaits = false;
  watch_.check();
  watch_.on_read();
  Timer timer(loop_.timers(), Delegate<void()>::to<&LivenessWatchTest::note>(
                                  static_cast<LivenessWatchTest*>(this)));
  timer.set_after(milliseconds(800));
  ASSERT_TRUE(until([&] { return noted_; }));
  EXPECT_EQ(watched_.suspicions, 0);
  EXPECT_EQ(watched_.pings, 1);
}

TEST_F(LivenessWatchTest, F008_what_asked_in_its_stead_and_got_no_answer_makes_it_suspect) {
  watched_.may_ping = false;
  watched_.unanswered = EventLoop::read_clock();
  watch_.on_request();
  ASSERT_TRUE(until([&] { return watched_.stalls > 0; }));
  EXPECT_EQ(watched_.suspicions, 1);
}

TEST_F(LivenessWatchTest, F008_it_is_trusted_again_when_the_address_has_answered) {
  watched_.may_ping = false;
  watched_.unanswered = EventLoop::read_clock();
  watch_.on_request();
  ASSERT_TRUE(until([&] { return watched_.suspicions == 1; }));
  watched_.unanswered.reset();
  ASSERT_TRUE(until([&] { return watched_.suspicions == 2; }));
  EXPECT_FALSE(watch_.is_suspicious());
  EXPECT_EQ(watched_.stalls, 0);
}

TEST_F(LivenessWatchTest, a_silence_that_is_usual_is_no_reason_to_ask) {
  watched_.usual = std::chrono::hours(1);
  Timer timer(loop_.timers(), Delegate<void()>::to<&LivenessWatchTest::note>(
                                  static_cast<LivenessWatchTest*>(this)));
  timer.set_after(milliseconds(600));
  watch_.on_request();
  ASSERT_TRUE(until([&] { return noted_; }));
  EXPECT_EQ(watched_.pings, 0);
}

TEST_F(LivenessWatchTest, a_sign_of_life_ends_suspicion) {
  watch_.on_request();
  ASSERT_TRUE(until([&] { return watched_.suspicions == 1; }));
  loop_.run_once(Duration(0));
  watch_.on_read();
  EXPECT_FALSE(watch_.is_suspicious());
  EXPECT_EQ(watched_.suspicions, 2) << "told when it begins and when it ends";
}

TEST_F(LivenessWatchTest, F011_without_leave_to_ping_an_origin_that_acknowledges_is_only_slow) {
  watched_.may_ping = false;
  Timer timer(loop_.timers(), Delegate<void()>::to<&LivenessWatchTest::note>(
                                  static_cast<LivenessWatchTest*>(this)));
  timer.set_after(milliseconds(1300));
  watch_.on_request();
  ASSERT_TRUE(until([&] { return noted_; }));
  EXPECT_EQ(watched_.pings, 0);
  EXPECT_FALSE(watch_.is_suspicious());
}

TEST(PeerStateTest, F011_too_many_pings_halves_them) {
  PeerState facts;
  const auto first = facts.ping_interval;
  facts.slow_down_pings();
  EXPECT_EQ(facts.ping_interval, first * 2);
  for (int i = 0; i < 40; ++i) facts.slow_down_pings();
  EXPECT_EQ(facts.ping_interval, std::chrono::hours(2));
}

TEST(PeerStateTest, F059_an_address_is_suspect_for_a_minute) {
  PeerState facts;
  const TimePoint t0{std::chrono::hours(5)};
  EXPECT_FALSE(facts.is_suspect("192.0.2.1:443", t0));
  facts.suspect("192.0.2.1:443", t0);
  EXPECT_TRUE(facts.is_suspect("192.0.2.1:443", t0 + seconds(59)));
  EXPECT_FALSE(facts.is_suspect("192.0.2.2:443", t0));
  EXPECT_FALSE(facts.is_suspect("192.0.2.1:443", t0 + seconds(60)));
}

}  // namespace
}  // namespace ccnproxy::origin
