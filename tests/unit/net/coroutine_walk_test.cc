// A random walk of coroutines, events, posts and deaths on one loop; meant for the sanitizers, too.

#include <random>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "ccnproxy/net/coroutine.h"
#include "ccnproxy/net/event_loop.h"

namespace ccnproxy {
namespace {

using boost::asio::awaitable;
using std::chrono::microseconds;

/// Objects that wait in random ways while events and posts wake, notify, replace and destroy them.
class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {
    for (auto& member : members_) member = std::make_unique<Member>(*this);
  }

  void run() {
    std::thread other([this] {
      for (int i = 0; i < posts; ++i) loop_.post([this] { act(); });
    });
    events_.give();
    while (given_ < bytes) loop_.run_once(std::chrono::seconds(1));
    other.join();
    for (auto& member : members_) member.reset();
    for (int i = 0; i < 1000 && bodies_ > 0; ++i) loop_.run_once(Duration(0));
    EXPECT_EQ(bodies_, 0) << "each was unwound";
    EXPECT_GT(steps_, 0);
    EXPECT_FALSE(asked_) << "what was asked for last was done, too";
  }

 private:
  static constexpr std::size_t size = 16;
  static constexpr int posts = 200, bytes = 600;

  struct Member final : DeferredDelete {
    explicit Member(Walk& of) : walk(of), steps(of.loop_) {
      int fds[2];
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
        std::abort();
      near.reset(fds[0]);
      far.reset(fds[1]);
      steps.start(run());
    }
    awaitable<void> run() {
      const Body body(walk.bodies_);
      for (;;) {
        const auto until = walk.loop_.now() + microseconds(walk.random_() % 2000);
        bool told = false;
        const auto way = walk.random_() % 3;
        if (way == 0) told = co_await steps.readable(near.get(), until);
        if (way == 1) told = co_await steps.writable(near.get(), until);
        if (way == 2) told = co_await steps.notified(until);
        // A notice may be there already, without a wait.
        EXPECT_FALSE(walk.asked_ && way != 2) << "it goes on in a turn of its own";
        EXPECT_TRUE(told || walk.loop_.now() >= until) << "the time is that of its turn";
        if (way == 0 && told) take();
        walk.step(*this);
      }
    }
    void take() {
      char bytes_there[16];
      EXPECT_GE(::recv(near.get(), bytes_there, sizeof bytes_there, 0), 1);
    }

    Walk& walk;
    UniqueFd near, far;
    Coroutine steps;
  };
  struct Body {
    explicit Body(int& of) : count(of) { ++count; }
    ~Body() { --count; }
    int& count;
  };
  /// A byte that goes to and fro by the ready set.
  struct Events final : IoHandler {
    explicit Events(Walk& of) : walk(of) {
      int fds[2];
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) < 0)
        std::abort();
      near.reset(fds[0]);
      far.reset(fds[1]);
      walk.loop_.watch(far.get(), EPOLLIN, *this);
    }
    void give() const { ASSERT_EQ(::send(near.get(), "x", 1, 0), 1); }
    void on_io(std::uint32_t) override {
      char c = 0;
      if (::recv(far.get(), &c, 1, 0) != 1) return;
      walk.act();
      if (++walk.given_ < bytes) give();
    }
    Walk& walk;
    UniqueFd near, far;
  };

  void ask() {
    asked_ = true;
    loop_.defer(output_);
  }
  void write_out() { asked_ = false; }

  /// Of a coroutine: it may replace itself or another, too.
  void step(Member& member) {
    ++steps_;
    ask();
    auto& chosen = members_[random_() % size];
    if (random_() % 4 != 0) return chosen->steps.notify();
    member.steps.notify();
    replace(chosen, true);
  }
  /// Of an event or a post.
  void act() {
    ask();
    auto& chosen = members_[random_() % size];
    switch (random_() % 4) {
      case 0:
        return replace(chosen, false);
      case 1:
        return chosen->steps.notify();
      default:
        ASSERT_EQ(::send(chosen->far.get(), "x", 1, MSG_NOSIGNAL), 1);
    }
  }
  void replace(std::unique_ptr<Member>& member, bool by_coroutine) {
    member->steps.end();
    if (by_coroutine || random_() % 2 == 0) loop_.defer_delete(std::move(member));
    member = std::make_unique<Member>(*this);
  }

  std::mt19937 random_;
  EventLoop loop_;
  DeferredCall output_{Delegate<void()>::to<&Walk::write_out>(this)};
  bool asked_ = false;
  Events events_{*this};
  std::array<std::unique_ptr<Member>, size> members_;
  int bodies_ = 0;
  int steps_ = 0;
  int given_ = 0;
};

TEST(CoroutineWalk, none_goes_on_after_its_end_and_each_turn_ends_with_its_output) {
  for (unsigned seed = 0; seed < 20; ++seed) Walk(seed).run();
}

}  // namespace
}  // namespace ccnproxy
