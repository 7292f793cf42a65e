#include "ccnproxy/net/timer.h"

#include <functional>
#include <memory>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "unit/support/counted_allocations.h"
#include "unit/support/manual_clock.h"

namespace ccnproxy {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration tick = TimerWheel::tick;

/// A timer that counts, and does what a test wants when it fires.
struct Alarm {
  explicit Alarm(TimerWheel& wheel) : timer(wheel, Delegate<void()>::to<&Alarm::fire>(this)) {}
  void fire() {
    ++fired;
    if (then) then();
  }
  int fired = 0;
  std::function<void()> then;
  Timer timer;
};

class TimerTest : public testing::Test {
 protected:
  void pass(Duration time) {
    clock_.advance(time);
    wheel_.advance();
  }

  ManualClock clock_;
  TimerWheel wheel_{clock_};
  Alarm alarm_{wheel_};
};

TEST_F(TimerTest, fires_once_never_early_and_at_most_a_tick_late) {
  alarm_.timer.set_after(milliseconds(100));
  EXPECT_TRUE(alarm_.timer.armed());
  pass(milliseconds(100) - Duration(1));
  EXPECT_EQ(alarm_.fired, 0);
  pass(Duration(1) + tick);
  EXPECT_EQ(alarm_.fired, 1);
  EXPECT_FALSE(alarm_.timer.armed());
  pass(minutes(10));
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, is_exact_where_the_deadline_is_a_tick) {
  alarm_.timer.set(clock_.now() + 5 * tick);
  pass(5 * tick - Duration(1));
  EXPECT_EQ(alarm_.fired, 0);
  pass(Duration(1));
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, a_deadline_that_is_past_fires_at_the_next_tick) {
  pass(seconds(1));
  alarm_.timer.set(clock_.now() - seconds(1));
  wheel_.advance();
  EXPECT_EQ(alarm_.fired, 0) << "never from within the turn that set it";
  pass(tick);
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, moved_later_again_and_again_fires_at_the_last_deadline) {
  for (int i = 0; i < 100; ++i) {
    alarm_.timer.set_after(seconds(1));
    pass(milliseconds(990));
  }
  EXPECT_EQ(alarm_.fired, 0);
  pass(milliseconds(10) + tick);
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, moved_earlier_fires_earlier) {
  alarm_.timer.set_after(minutes(10));
  alarm_.timer.set_after(milliseconds(50));
  pass(milliseconds(50) + tick);
  EXPECT_EQ(alarm_.fired, 1);
  pass(minutes(20));
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, cancelled_does_not_fire_and_can_be_set_again) {
  alarm_.timer.set_after(milliseconds(50));
  alarm_.timer.cancel();
  EXPECT_FALSE(alarm_.timer.armed());
  pass(seconds(1));
  EXPECT_EQ(alarm_.fired, 0);
  alarm_.timer.set_after(milliseconds(50));
  pass(milliseconds(50) + tick);
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, cancelled_and_set_anew_before_its_old_slot_has_passed) {
  alarm_.timer.set_after(milliseconds(50));
  alarm_.timer.cancel();
  alarm_.timer.set_after(milliseconds(200));
  pass(milliseconds(100));
  EXPECT_EQ(alarm_.fired, 0);
  pass(milliseconds(100) + tick);
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, a_destroyed_timer_does_not_fire) {
  auto gone = std::make_unique<Alarm>(wheel_);
  gone->timer.set_after(milliseconds(50));
  gone.reset();
  pass(seconds(1));
  EXPECT_EQ(wheel_.next(), std::nullopt);
}

TEST_F(TimerTest, a_callback_may_destroy_its_own_timer) {
  auto own = std::make_unique<Alarm>(wheel_);
  own->then = [&] { auto dying = std::move(own); };
  own->timer.set_after(milliseconds(50));
  pass(seconds(1));
  EXPECT_FALSE(own);
}

TEST_F(TimerTest, a_callback_may_destroy_another_that_is_due_now) {
  auto victim = std::make_unique<Alarm>(wheel_);
  alarm_.then = [&] { victim.reset(); };
  alarm_.timer.set_after(milliseconds(50));
  victim->timer.set_after(milliseconds(50));
  Alarm after(wheel_);
  after.timer.set_after(milliseconds(50));
  pass(seconds(1));
  EXPECT_EQ(alarm_.fired, 1);
  EXPECT_FALSE(victim);
  EXPECT_EQ(after.fired, 1);
}

TEST_F(TimerTest, a_callback_may_cancel_and_move_others_that_are_due_now) {
  Alarm cancelled(wheel_);
  Alarm moved(wheel_);
  alarm_.then = [&] {
    cancelled.timer.cancel();
    moved.timer.set_after(seconds(5));
  };
  for (auto* a : {&alarm_, &cancelled, &moved}) a->timer.set_after(milliseconds(50));
  pass(seconds(1));
  EXPECT_EQ(cancelled.fired, 0);
  EXPECT_EQ(moved.fired, 0);
  pass(seconds(5) + tick);
  EXPECT_EQ(moved.fired, 1);
}

TEST_F(TimerTest, a_callback_may_set_its_timer_again) {
  alarm_.then = [&] { alarm_.timer.set_after(seconds(1)); };
  alarm_.timer.set_after(seconds(1));
  for (int i = 0; i < 5; ++i) pass(seconds(1) + tick);
  EXPECT_EQ(alarm_.fired, 5);
}

/// What a timer costs is its object's, whatever is set and how far away: the wheel's size is fixed.
TEST_F(TimerTest, F098_any_number_of_timers_allocates_nothing) {
  std::vector<std::unique_ptr<Alarm>> alarms;
  for (int i = 0; i < 20'000; ++i) alarms.push_back(std::make_unique<Alarm>(wheel_));
  const auto before = allocations;
  for (int round = 0; round < 3; ++round) {
    auto delay = milliseconds(1);
    for (auto& alarm : alarms) alarm->timer.set_after(delay += milliseconds(7));
    pass(seconds(1));
  }
  EXPECT_EQ(allocations, before);
  EXPECT_GT(alarms.front()->fired, 0);
  pass(minutes(5));
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(alarms.back()->fired, 1);
  std::string canary(100, 'x');  // the counter counts
  EXPECT_GT(allocations, before);
}

TEST_F(TimerTest, a_deadline_beyond_a_turn_of_the_wheel_is_waited_for) {
  alarm_.timer.set_after(hours(1));
  for (int i = 0; i < 359; ++i) pass(seconds(10));
  EXPECT_EQ(alarm_.fired, 0);
  pass(seconds(10) + tick);
  EXPECT_EQ(alarm_.fired, 1);
}

TEST_F(TimerTest, a_jump_over_many_turns_of_the_wheel_fires_all_that_is_due) {
  Alarm near(wheel_);
  Alarm beyond(wheel_);
  alarm_.timer.set_after(hours(1));
  near.timer.set_after(milliseconds(20));
  beyond.timer.set_after(hours(3));
  pass(hours(2));
  EXPECT_EQ(alarm_.fired, 1);
  EXPECT_EQ(near.fired, 1);
  EXPECT_EQ(beyond.fired, 0);
  pass(hours(1) + tick);
  EXPECT_EQ(beyond.fired, 1);
}

TEST_F(TimerTest, the_wheel_says_when_it_is_to_be_advanced_next) {
  EXPECT_EQ(wheel_.next(), std::nullopt);
  alarm_.timer.set(clock_.now() + 3 * tick - Duration(1));
  EXPECT_EQ(wheel_.next(), clock_.now() + 3 * tick);
  Alarm sooner(wheel_);
  sooner.timer.set(clock_.now() + tick);
  EXPECT_EQ(wheel_.next(), clock_.now() + tick);
  pass(tick);
  EXPECT_EQ(wheel_.next(), clock_.now() + 2 * tick);
  pass(2 * tick);
  EXPECT_EQ(wheel_.next(), std::nullopt);
}

TEST_F(TimerTest, following_next_alone_fires_a_far_deadline_in_time) {
  const auto deadline = clock_.now() + minutes(10);
  alarm_.timer.set(deadline);
  int wakes = 0;
  while (alarm_.fired == 0 && wakes < 100) {
    const auto next = wheel_.next();
    ASSERT_TRUE(next);
    ASSERT_GT(*next, clock_.now());
    pass(*next - clock_.now());
    ++wakes;
  }
  EXPECT_EQ(alarm_.fired, 1);
  EXPECT_GE(clock_.now(), deadline);
  EXPECT_LT(clock_.now(), deadline + tick);
}

TEST_F(TimerTest, the_wheel_may_end_before_its_timers) {
  auto wheel = std::make_unique<TimerWheel>(clock_);
  Alarm orphan(*wheel);
  orphan.timer.set_after(seconds(1));
  wheel.reset();
  EXPECT_EQ(orphan.fired, 0);
}

/// A timer and what a simple man would expect of it.
struct Modelled {
  explicit Modelled(TimerWheel& wheel) : alarm(wheel) {}
  Alarm alarm;
  bool armed = false;
  TimePoint deadline{};
  TimePoint due_by{};  ///< when it must have fired, if the wheel is advanced then
};

class TimerRandom : public TimerTest, public testing::WithParamInterface<std::uint32_t> {
 protected:
  static constexpr std::size_t count = 40;

  TimerRandom() {
    for (std::size_t i = 0; i < count; ++i) {
      auto& m = *timers_.emplace_back(std::make_unique<Modelled>(wheel_));
      m.alarm.then = [this, &m] { on_fire(m); };
    }
  }

  void on_fire(Modelled& m) {
    EXPECT_TRUE(m.armed);
    EXPECT_GE(clock_.now(), m.deadline) << "early";
    m.armed = false;
    if (random_() % 4 == 0) set(*timers_[random_() % count]);
    if (random_() % 4 == 0) cancel(*timers_[random_() % count]);
  }

  void set(Modelled& m) {
    static constexpr Duration scales[] = {milliseconds(1), milliseconds(100), seconds(10),
                                          hours(1)};
    const auto scale = scales[random_() % std::size(scales)].count();
    m.deadline =
        clock_.now() + Duration(static_cast<std::int64_t>(random_()) % (2 * scale) - scale / 8);
    m.due_by = std::max(m.deadline, clock_.now()) + tick;
    m.armed = true;
    m.alarm.timer.set(m.deadline);
  }

  void cancel(Modelled& m) {
    m.armed = false;
    m.alarm.timer.cancel();
  }

  void step() {
    auto& m = *timers_[random_() % count];
    const auto what = random_() % 10;
    if (what < 5) {
      set(m);
    } else if (what < 6) {
      cancel(m);
    } else {
      static constexpr Duration jumps[] = {milliseconds(1), milliseconds(9), seconds(1),
                                           minutes(5)};
      pass(jumps[random_() % std::size(jumps)]);
      check();
    }
  }

  void check() {
    for (const auto& m : timers_) {
      EXPECT_EQ(m->armed, m->alarm.timer.armed());
      if (m->armed) {
        EXPECT_LT(clock_.now(), m->due_by) << "late";
        ASSERT_TRUE(wheel_.next());
        EXPECT_LE(*wheel_.next(), m->due_by) << "nobody would wake for it";
      }
    }
  }

  std::mt19937 random_{GetParam()};
  std::vector<std::unique_ptr<Modelled>> timers_;
};

TEST_P(TimerRandom, agrees_with_a_simple_model) {
  for (int i = 0; i < 5000 && !HasFailure(); ++i) step();
}

INSTANTIATE_TEST_SUITE_P(Seeds, TimerRandom, testing::Range(1u, 9u));

}  // namespace
}  // namespace ccnproxy
