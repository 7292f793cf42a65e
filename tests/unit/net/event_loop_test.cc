#include "ccnproxy/net/event_loop.h"

#include <functional>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace ccnproxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct SocketPair {
  SocketPair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) std::abort();
    a.reset(fds[0]);
    b.reset(fds[1]);
  }
  UniqueFd a;
  UniqueFd b;
};

struct Handler final : IoHandler {
  void on_io(std::uint32_t events) override {
    ++calls;
    last = events;
    if (then) then();
  }
  int calls = 0;
  std::uint32_t last = 0;
  std::function<void()> then;
};

struct Task {
  explicit Task(std::string& log, char name) : log_(log), name_(name) {}
  void run() {
    log_ += name_;
    if (then) then();
  }
  std::function<void()> then;
  DeferredCall task{Delegate<void()>::to<&Task::run>(this)};

 private:
  std::string& log_;
  char name_;
};

struct Mark final : DeferredDelete {
  Mark(std::string& log, char name, std::function<void()> then = nullptr)
      : log_(log), name_(name), then_(std::move(then)) {}
  ~Mark() override {
    log_ += name_;
    if (then_) then_();
  }

 private:
  std::string& log_;
  char name_;
  std::function<void()> then_;
};

void give_byte(const UniqueFd& fd) { ASSERT_EQ(::send(fd.get(), "x", 1, 0), 1); }
void take_byte(const UniqueFd& fd) {
  char c = 0;
  ASSERT_EQ(::recv(fd.get(), &c, 1, 0), 1);
}

class EventLoopTest : public testing::Test {
 protected:
  /// Turns until `done` or long enough for a loaded machine.
  bool turn_until(const std::function<bool()>& done) {
    const auto deadline = EventLoop::read_clock() + seconds(10);
    while (!done() && EventLoop::read_clock() < deadline) loop_.run_once(milliseconds(100));
    return done();
  }

  EventLoop loop_;
  SocketPair pair_;
  Handler handler_;
  std::string log_;
};

TEST_F(EventLoopTest, tells_that_a_descriptor_is_readable_until_it_has_been_read) {
  loop_.watch(pair_.a.get(), EPOLLIN, handler_);
  loop_.run_once(Duration(0));
  EXPECT_EQ(handler_.calls, 0);
  give_byte(pair_.b);
  loop_.run_once(milliseconds(100));
  loop_.run_once(milliseconds(100));
  EXPECT_EQ(handler_.calls, 2) << "level-triggered";
  EXPECT_TRUE(handler_.last & EPOLLIN);
  take_byte(pair_.a);
  loop_.run_once(Duration(0));
  EXPECT_EQ(handler_.calls, 2);
}

TEST_F(EventLoopTest, watches_for_something_else_when_told) {
  loop_.watch(pair_.a.get(), EPOLLIN, handler_);
  loop_.rewatch(pair_.a.get(), EPOLLOUT, handler_);
  give_byte(pair_.b);
  loop_.run_once(milliseconds(100));
  EXPECT_EQ(handler_.last, static_cast<std::uint32_t>(EPOLLOUT));
  loop_.unwatch(pair_.a.get());
  loop_.run_once(Duration(0));
  EXPECT_EQ(handler_.calls, 1);
}

TEST_F(EventLoopTest, a_closed_descriptor_is_watched_no_more) {
  loop_.watch(pair_.a.get(), EPOLLIN, handler_);
  give_byte(pair_.b);
  pair_.a.reset();
  loop_.run_once(Duration(0));
  EXPECT_EQ(handler_.calls, 0);
}

TEST_F(EventLoopTest, a_task_runs_once_at_the_end_of_the_turn_however_often_it_was_asked_for) {
  Task task(log_, 't');
  handler_.then = [&] {
    log_ += 'i';
    loop_.defer(task.task);
    loop_.defer(task.task);
    take_byte(pair_.a);
  };
  SocketPair other;
  Handler second;
  second.then = [&] {
    log_ += 'i';
    loop_.defer(task.task);
    take_byte(other.a);
  };
  loop_.watch(pair_.a.get(), EPOLLIN, handler_);
  loop_.watch(other.a.get(), EPOLLIN, second);
  give_byte(pair_.b);
  give_byte(other.b);
  loop_.run_once(milliseconds(100));
  EXPECT_EQ(log_, "iit");
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "iit");
}

TEST_F(EventLoopTest, tasks_run_in_order_and_may_ask_for_more_in_the_same_turn) {
  Task a(log_, 'a');
  Task b(log_, 'b');
  Task c(log_, 'c');
  a.then = [&] { loop_.defer(c.task); };
  int again = 2;
  c.then = [&] {
    if (again-- > 0) loop_.defer(c.task);
  };
  loop_.defer(a.task);
  loop_.defer(b.task);
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "abccc");
}

TEST_F(EventLoopTest, a_cancelled_task_does_not_run_and_may_be_asked_for_again) {
  Task a(log_, 'a');
  Task b(log_, 'b');
  loop_.defer(a.task);
  loop_.defer(b.task);
  loop_.cancel(a.task);
  loop_.cancel(a.task);
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "b");
  loop_.defer(a.task);
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "ba");
}

TEST_F(EventLoopTest, a_task_may_cancel_one_that_would_follow) {
  Task a(log_, 'a');
  Task b(log_, 'b');
  Task c(log_, 'c');
  a.then = [&] { loop_.cancel(b.task); };
  for (auto* t : {&a, &b, &c}) loop_.defer(t->task);
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "ac");
}

TEST_F(EventLoopTest, what_is_retired_dies_after_the_turns_tasks) {
  Task task(log_, 't');
  task.then = [&] { loop_.defer_delete(std::make_unique<Mark>(log_, 'y')); };
  loop_.defer(task.task);
  loop_.defer_delete(std::make_unique<Mark>(log_, 'x'));
  EXPECT_EQ(log_, "");
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "txy");
}

TEST_F(EventLoopTest, what_dies_may_retire_more) {
  loop_.defer_delete(std::make_unique<Mark>(
      log_, 'x', [&] { loop_.defer_delete(std::make_unique<Mark>(log_, 'y')); }));
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "xy");
}

TEST_F(EventLoopTest, what_was_retired_dies_with_the_loop_too) {
  {
    EventLoop loop;
    loop.defer_delete(std::make_unique<Mark>(
        log_, 'x', [&] { loop.defer_delete(std::make_unique<Mark>(log_, 'y')); }));
  }
  EXPECT_EQ(log_, "xy");
}

TEST_F(EventLoopTest, a_task_may_outlive_the_loop_that_it_was_queued_on) {
  Task task(log_, 't');
  {
    EventLoop loop;
    loop.defer(task.task);
  }
  loop_.defer(task.task);
  loop_.run_once(Duration(0));
  EXPECT_EQ(log_, "t");
}

TEST_F(EventLoopTest, the_time_stands_still_within_a_turn) {
  TimePoint seen_in_io{};
  TimePoint seen_in_task{};
  Task task(log_, 't');
  task.then = [&] { seen_in_task = loop_.now(); };
  handler_.then = [&] {
    seen_in_io = loop_.now();
    while (EventLoop::read_clock() <= seen_in_io) {
    }
    loop_.defer(task.task);
  };
  loop_.watch(pair_.a.get(), EPOLLIN, handler_);
  give_byte(pair_.b);
  loop_.run_once(milliseconds(100));
  EXPECT_EQ(seen_in_io, seen_in_task);
  EXPECT_EQ(loop_.now(), seen_in_io);
}

struct Alarm {
  explicit Alarm(EventLoop& l)
      : loop(l), timer(l.timers(), Delegate<void()>::to<&Alarm::fire>(this)) {}
  void fire() { fired_at = loop.now(); }
  EventLoop& loop;
  std::optional<TimePoint> fired_at;
  Timer timer;
};

TEST_F(EventLoopTest, a_timer_ends_the_wait_and_fires_not_before_its_deadline) {
  Alarm alarm(loop_);
  alarm.timer.set_after(milliseconds(30));
  const auto deadline = alarm.timer.deadline();
  ASSERT_TRUE(turn_until([&] { return alarm.fired_at.has_value(); }));
  EXPECT_GE(*alarm.fired_at, deadline);
}

TEST_F(EventLoopTest, run_serves_timers_tasks_and_descriptors_until_it_is_stopped) {
  Alarm alarm(loop_);
  alarm.timer.set_after(milliseconds(10));
  Task task(log_, 't');
  task.then = [&] { loop_.stop(); };
  handler_.then = [&] {
    if (alarm.fired_at) {
      take_byte(pair_.a);
      loop_.defer(task.task);
    }
  };
  loop_.watch(pair_.a.get(), EPOLLIN, handler_);
  give_byte(pair_.b);
  loop_.run();
  EXPECT_EQ(log_, "t");
  EXPECT_TRUE(alarm.fired_at);
}

TEST_F(EventLoopTest, post_runs_a_task_on_the_loops_thread) {
  std::thread::id ran_on;
  std::thread other([&] {
    loop_.post([&] {
      ran_on = std::this_thread::get_id();
      loop_.stop();
    });
  });
  loop_.run();
  other.join();
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST_F(EventLoopTest, posts_of_many_threads_all_run_each_threads_in_order) {
  constexpr int threads = 4;
  constexpr int each = 500;
  std::vector<std::vector<int>> seen(threads);
  int left = threads * each;
  std::vector<std::thread> others;
  for (int t = 0; t < threads; ++t) {
    others.emplace_back([&, t] {
      for (int i = 0; i < each; ++i) {
        loop_.post([&, t, i] {
          seen[static_cast<std::size_t>(t)].push_back(i);
          if (--left == 0) loop_.stop();
        });
      }
    });
  }
  loop_.run();
  for (auto& other : others) other.join();
  for (const auto& numbers : seen) {
    ASSERT_EQ(numbers.size(), static_cast<std::size_t>(each));
    EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
  }
}

TEST_F(EventLoopTest, a_posted_task_may_post_another) {
  loop_.post([&] {
    log_ += 'a';
    loop_.post([&] {
      log_ += 'b';
      loop_.stop();
    });
  });
  loop_.run();
  EXPECT_EQ(log_, "ab");
}

TEST_F(EventLoopTest, stop_from_another_thread_wakes_a_loop_that_has_nothing_to_do) {
  std::thread other([&] { loop_.stop(); });
  loop_.run();
  other.join();
}

TEST_F(EventLoopTest, busy_only_where_work_comes_fast_and_coalescing_is_on) {
  EventLoop eager(std::chrono::microseconds(100));
  EXPECT_FALSE(eager.busy());
  eager.count_work(1000);
  eager.post([&] { eager.stop(); });
  eager.run();
  EXPECT_FALSE(eager.busy()) << "a first measurement has no beginning";

  loop_.count_work(1000);
  loop_.post([&] { loop_.stop(); });
  loop_.run();
  EXPECT_FALSE(loop_.busy());
}

TEST(EventLoopFault, is_told_and_tried_again_without_spinning) {
  const int next = ::dup(0);  // the number that the ready set will have
  ::close(next);
  std::vector<std::string> told;
  EventLoop loop(Duration(0), [&](const std::string& fault) { told.push_back(fault); });
  ASSERT_EQ(::close(next), 0);  // as if the kernel refused to tell of it
  int turns = 0;
  const auto end = EventLoop::read_clock() + milliseconds(200);
  while (EventLoop::read_clock() < end) {
    loop.run_once(milliseconds(50));
    ++turns;
  }
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("connections can't be waited for"), std::string::npos) << told[0];
  EXPECT_LT(turns, 20);
  bool posted = false;
  loop.post([&] { posted = true; });
  loop.run_once(milliseconds(100));
  EXPECT_TRUE(posted) << "all else goes on";
}

}  // namespace
}  // namespace ccnproxy
