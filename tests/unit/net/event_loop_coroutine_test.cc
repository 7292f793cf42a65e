// Coroutines on a loop's io_context, among the events of its ready set.

#include <random>
#include <string>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include "ccnproxy/net/event_loop.h"

namespace ccnproxy {
namespace {

namespace asio = boost::asio;
using std::chrono::microseconds;
using std::chrono::milliseconds;

asio::awaitable<void> sleep_for(EventLoop& loop, Duration time) {
  asio::steady_timer timer(loop.io(), time);
  co_await timer.async_wait(asio::use_awaitable);
  loop.refresh();
}

/// Runs at the end of a turn, and counts.
struct Output {
  explicit Output(EventLoop& of) : loop(of) {}
  void ask() {
    asked = true;
    loop.defer(task);
  }
  void run() {
    EXPECT_TRUE(std::exchange(asked, false));
    ++times;
  }
  EventLoop& loop;
  bool asked = false;
  int times = 0;
  DeferredCall task{Delegate<void()>::to<&Output::run>(this)};
};

TEST(EventLoopCoroutines, what_one_asks_for_is_done_in_the_turn_in_which_it_goes_on) {
  EventLoop loop;
  Output output(loop);
  bool done = false;
  asio::co_spawn(
      loop.io(),
      [&]() -> asio::awaitable<void> {
        co_await sleep_for(loop, milliseconds(5));
        output.ask();
        co_await sleep_for(loop, milliseconds(5));
        EXPECT_EQ(output.times, 1);
        done = true;
        loop.stop();
      },
      asio::detached);
  loop.run();
  EXPECT_TRUE(done);
}

TEST(EventLoopCoroutines, the_time_is_that_of_their_turn) {
  EventLoop loop;
  const auto before = loop.now();
  TimePoint seen{};
  asio::co_spawn(
      loop.io(),
      [&]() -> asio::awaitable<void> {
        co_await sleep_for(loop, milliseconds(20));
        seen = loop.now();
        loop.stop();
      },
      asio::detached);
  loop.run();
  EXPECT_GE(seen - before, milliseconds(20));
}

TEST(EventLoopCoroutines, those_that_wait_are_destroyed_with_the_loop) {
  struct Mark {
    explicit Mark(bool& to) : gone(to) {}
    ~Mark() { gone = true; }
    bool& gone;
  };
  bool begun = false, gone = false;
  {
    EventLoop loop;
    asio::co_spawn(
        loop.io(),
        [&]() -> asio::awaitable<void> {
          const Mark mark(gone);
          begun = true;
          co_await sleep_for(loop, std::chrono::hours(1));
        },
        asio::detached);
    while (!begun) loop.run_once(milliseconds(100));
    EXPECT_FALSE(gone);
  }
  EXPECT_TRUE(gone);
}

/// Bytes that go to and fro between the ends of a socket pair while coroutines sleep and other
/// threads post; each asks for output, and retires something, wherever it is.
class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0) std::abort();
    near_.fd.reset(fds[0]);
    far_.fd.reset(fds[1]);
    loop_.watch(near_.fd.get(), EPOLLIN, near_);
    loop_.watch(far_.fd.get(), EPOLLIN, far_);
  }

  /// Steps of all kinds; ends when each has been taken.
  void run() {
    for (int i = 0; i < coroutines; ++i) asio::co_spawn(loop_.io(), walk(), asio::detached);
    std::thread other([this] {
      for (int i = 0; i < posts; ++i) loop_.post([this] { step(); });
    });
    near_.give();
    loop_.run();
    other.join();
    EXPECT_EQ(steps_, total);
    EXPECT_FALSE(output_.asked) << "what was asked for last was done, too";
    EXPECT_GT(output_.times, 0);
  }

 private:
  static constexpr int coroutines = 20, sleeps = 20, posts = 200, bytes = 400;
  static constexpr int total = coroutines * sleeps + posts + bytes;

  struct End final : IoHandler {
    explicit End(Walk& of) : walk(of) {}
    void give() const { ASSERT_EQ(::send(fd.get(), "x", 1, 0), 1); }
    void on_io(std::uint32_t) override {
      char c = 0;
      if (::recv(fd.get(), &c, 1, 0) != 1) return;
      walk.step();
      if (++walk.bytes_ < bytes) give();
    }
    Walk& walk;
    UniqueFd fd;
  };
  struct Nothing final : DeferredDelete {};

  void step() {
    output_.ask();
    loop_.defer_delete(std::make_unique<Nothing>());
    if (++steps_ == total) loop_.stop();
  }
  asio::awaitable<void> walk() {
    for (int i = 0; i < sleeps; ++i) {
      co_await sleep_for(loop_, microseconds(random_() % 2000));
      step();
    }
  }

  std::mt19937 random_;
  EventLoop loop_{microseconds(100)};
  Output output_{loop_};
  End near_{*this};
  End far_{*this};
  int steps_ = 0;
  int bytes_ = 0;
};

TEST(EventLoopCoroutines, a_walk_of_coroutines_posts_and_events_takes_every_step) {
  for (unsigned seed = 0; seed < 20; ++seed) Walk(seed).run();
}

}  // namespace
}  // namespace ccnproxy
