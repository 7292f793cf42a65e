#include "ccnproxy/net/coroutine.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "ccnproxy/net/event_loop.h"

namespace ccnproxy {
namespace {

using boost::asio::awaitable;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

class CoroutineTest : public testing::Test {
 protected:
  CoroutineTest() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) std::abort();
    near_.reset(fds[0]);
    far_.reset(fds[1]);
  }
  void start(std::function<awaitable<void>()> body) {
    body_ = std::move(body);
    coroutine_ = std::make_unique<Coroutine>(loop_);
    coroutine_->start(body_());
  }
  bool turn_until(const std::function<bool()>& done) {
    const auto deadline = EventLoop::read_clock() + seconds(10);
    while (!done() && EventLoop::read_clock() < deadline) loop_.run_once(milliseconds(100));
    return done();
  }
  void some_turns() {
    for (int i = 0; i < 5; ++i) loop_.run_once(Duration(0));
  }
  TimePoint soon() const { return EventLoop::read_clock() + milliseconds(20); }
  TimePoint late() const { return EventLoop::read_clock() + hours(1); }

  EventLoop loop_;
  UniqueFd near_, far_;
  std::function<awaitable<void>()> body_;  // a lambda's captures live in the lambda
  std::unique_ptr<Coroutine> coroutine_;
  std::optional<bool> told_;
};

TEST_F(CoroutineTest, begins_in_a_later_turn) {
  bool begun = false;
  start([&]() -> awaitable<void> {
    begun = true;
    co_return;
  });
  EXPECT_FALSE(begun);
  EXPECT_TRUE(turn_until([&] { return begun; }));
}

TEST_F(CoroutineTest, waits_until_a_descriptor_is_readable) {
  start([&]() -> awaitable<void> { told_ = co_await coroutine_->readable(near_.get(), late()); });
  some_turns();
  EXPECT_FALSE(told_);
  ASSERT_EQ(::send(far_.get(), "x", 1, 0), 1);
  ASSERT_TRUE(turn_until([&] { return told_.has_value(); }));
  EXPECT_TRUE(*told_);
}

TEST_F(CoroutineTest, a_descriptor_that_is_ready_already_is_told_each_time) {
  int times = 0;
  start([&]() -> awaitable<void> {
    while (times < 3) times += co_await coroutine_->writable(near_.get(), late()) ? 1 : 100;
  });
  EXPECT_TRUE(turn_until([&] { return times == 3; }));
}

TEST_F(CoroutineTest, a_descriptor_that_has_failed_is_ready) {
  start([&]() -> awaitable<void> { told_ = co_await coroutine_->readable(near_.get(), late()); });
  far_.reset();
  ASSERT_TRUE(turn_until([&] { return told_.has_value(); }));
  EXPECT_TRUE(*told_);
}

TEST_F(CoroutineTest, says_that_the_time_came_first) {
  TimePoint until{}, now{};
  start([&]() -> awaitable<void> {
    until = soon();
    told_ = co_await coroutine_->readable(near_.get(), until);
    now = loop_.now();
  });
  ASSERT_TRUE(turn_until([&] { return told_.has_value(); }));
  EXPECT_FALSE(*told_);
  EXPECT_GE(now, until) << "the loop's time is that of this turn";
}

TEST_F(CoroutineTest, an_earlier_deadline_does_not_end_a_later_wait) {
  start([&]() -> awaitable<void> {
    const auto until = soon();
    while (EventLoop::read_clock() < until) {
      if (!co_await coroutine_->writable(near_.get(), until)) break;
    }
    told_ = co_await coroutine_->readable(near_.get(), late());
  });
  const auto end = EventLoop::read_clock() + milliseconds(60);
  while (EventLoop::read_clock() < end) loop_.run_once(milliseconds(5));
  EXPECT_FALSE(told_);
  ASSERT_EQ(::send(far_.get(), "x", 1, 0), 1);
  ASSERT_TRUE(turn_until([&] { return told_.has_value(); }));
  EXPECT_TRUE(*told_);
}

TEST_F(CoroutineTest, a_notice_is_kept_until_it_is_asked_for) {
  start([&]() -> awaitable<void> {
    co_await coroutine_->readable(near_.get(), late());
    told_ = co_await coroutine_->notified(soon());
    told_ = *told_ && !co_await coroutine_->notified(soon());
  });
  some_turns();
  coroutine_->notify();
  coroutine_->notify();
  some_turns();
  EXPECT_FALSE(told_) << "it waits for a descriptor";
  ASSERT_EQ(::send(far_.get(), "x", 1, 0), 1);
  ASSERT_TRUE(turn_until([&] { return told_.has_value(); }));
  EXPECT_TRUE(turn_until([&] { return *told_; })) << "told once";
}

TEST_F(CoroutineTest, a_notice_ends_its_wait) {
  start([&]() -> awaitable<void> { told_ = co_await coroutine_->notified(); });
  some_turns();
  EXPECT_FALSE(told_);
  coroutine_->notify();
  ASSERT_TRUE(turn_until([&] { return told_.has_value(); }));
  EXPECT_TRUE(*told_);
}

/// Whichever it waits for, whether or not that has come.
TEST_F(CoroutineTest, never_goes_on_after_its_end) {
  for (int wait = 0; wait < 3; ++wait) {
    for (const bool ready : {false, true}) {
      bool begun = false, gone = false;
      struct Mark {
        ~Mark() { was = true; }
        bool& was;
      };
      start([&]() -> awaitable<void> {
        const Mark mark{gone};
        begun = true;
        if (wait == 0) co_await coroutine_->readable(near_.get(), late());
        if (wait == 1) co_await coroutine_->notified(late());
        if (wait == 2) co_await coroutine_->writable(near_.get(), late());
        told_ = true;
      });
      ASSERT_TRUE(turn_until([&] { return begun; }));
      if (ready) {
        ASSERT_EQ(::send(far_.get(), "x", 1, 0), 1);
        coroutine_->notify();
      }
      coroutine_.reset();
      EXPECT_FALSE(gone);
      EXPECT_TRUE(turn_until([&] { return gone; })) << "its locals are destroyed";
      EXPECT_FALSE(told_) << wait << ready;
    }
  }
}

TEST_F(CoroutineTest, its_descriptor_may_be_closed_and_used_anew_after_its_end) {
  start([&]() -> awaitable<void> { co_await coroutine_->readable(near_.get(), late()); });
  some_turns();
  const int number = near_.get();
  coroutine_.reset();
  near_.reset();
  near_.reset(::dup(far_.get()));
  ASSERT_EQ(near_.get(), number);
  start([&]() -> awaitable<void> { told_ = co_await coroutine_->writable(number, late()); });
  ASSERT_TRUE(turn_until([&] { return told_.has_value(); }));
  EXPECT_TRUE(*told_);
}

TEST_F(CoroutineTest, may_end_itself) {
  bool after = false;
  start([&]() -> awaitable<void> {
    coroutine_->end();
    after = true;
    co_await coroutine_->notified(soon());
    told_ = true;
  });
  EXPECT_TRUE(turn_until([&] { return after; }));
  const auto end = EventLoop::read_clock() + milliseconds(40);
  while (EventLoop::read_clock() < end) loop_.run_once(milliseconds(5));
  EXPECT_FALSE(told_);
}

TEST_F(CoroutineTest, what_it_throws_leaves_the_loop) {
  start([&]() -> awaitable<void> {
    co_await coroutine_->notified(soon());
    throw std::runtime_error("for all to see");
  });
  EXPECT_THROW(turn_until([] { return false; }), std::runtime_error);
}

TEST(CoroutineOfALoop, one_that_was_retired_dies_with_it) {
  struct Holder final : DeferredDelete {
    explicit Holder(EventLoop& loop) : coroutine(loop) { coroutine.start(run()); }
    awaitable<void> run() { co_await coroutine.notified(); }
    Coroutine coroutine;
  };
  EventLoop loop;
  auto holder = std::make_unique<Holder>(loop);
  for (int i = 0; i < 3; ++i) loop.run_once(Duration(0));
  loop.defer_delete(std::move(holder));
}

}  // namespace
}  // namespace ccnproxy
