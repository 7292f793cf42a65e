// The requests that wait for a stream: order, deadlines, bound.

#include "ccnproxy/pool/wait_queue.h"

#include <deque>

#include <gtest/gtest.h>

#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;

class WaitQueueTest : public testing::Test {
 protected:
  struct Waiter final : StreamWaiter {
    void on_connection(origin::OriginConnection&, observe::WaitResult) override {}
    void on_no_connection(Error e) override {
      error = std::move(e);
      if (then) then();
    }
    std::optional<Error> error;
    std::function<void()> then;
  };
  /// What a request is lent.
  struct Place {};

  Waiter& wait(StreamNeed need = {}) {
    auto& waiter = waiters_.emplace_back();
    EXPECT_TRUE(queue_.add(waiter, need, clock_.now(), clock_.now() + 10s, most_));
    return waiter;
  }
  static Error error() {
    return {ErrorType::connection_refused, Side::origin, Phase::tcp, Proof::not_sent, "refused"};
  }
  /// Lends `places_` to those that `may` holds for; says which got one.
  template <class May>
  std::vector<StreamWaiter*> serve(May may) {
    std::vector<StreamWaiter*> served;
    queue_.serve(
        clock_.now(),
        [&](const StreamNeed& need) { return places_ > 0 && may(need) ? &place_ : nullptr; },
        [&](Place&, StreamWaiter& waiter) {
          --places_;
          waiter.leave_queue();
          served.push_back(&waiter);
        });
    return served;
  }
  std::vector<StreamWaiter*> serve() {
    return serve([](auto&) { return true; });
  }

  static constexpr std::uint32_t most_ = 4;
  ManualClock clock_;
  SharedOrigin shared_{1};
  WaitQueue queue_{shared_};
  std::deque<Waiter> waiters_;
  Place place_;
  int places_ = 0;
};

TEST_F(WaitQueueTest, requests_are_served_in_order_of_arrival) {
  auto& first = wait();
  auto& second = wait();
  wait();
  places_ = 2;
  EXPECT_EQ(serve(), (std::vector<StreamWaiter*>{&first, &second}));
  EXPECT_EQ(queue_.size(), 1u);
}

TEST_F(WaitQueueTest, the_bound_is_of_all_workers) {
  WaitQueue other(shared_);
  for (std::uint32_t i = 0; i < most_; ++i) wait();
  Waiter one_more;
  EXPECT_FALSE(other.add(one_more, {}, clock_.now(), clock_.now(), most_));
  waiters_.front().leave_queue();
  EXPECT_TRUE(other.add(one_more, {}, clock_.now(), clock_.now(), most_));
}

TEST_F(WaitQueueTest, a_waiter_that_may_not_take_it_holds_up_no_other) {
  wait({.avoid = 7});
  auto& second = wait();
  places_ = 1;
  const auto served = serve([](auto& need) { return need.avoid != 7; });
  EXPECT_EQ(served, std::vector<StreamWaiter*>{&second});
}

TEST_F(WaitQueueTest, one_that_may_take_any_holds_up_those_behind) {
  wait();
  wait({.avoid = 7});
  places_ = 1;
  EXPECT_TRUE(serve([](auto& need) { return need.avoid == 7; }).empty());
}

TEST_F(WaitQueueTest, nothing_is_served_from_within) {
  wait();
  wait();
  bool within = true;
  queue_.serve(
      clock_.now(), [&](auto&) { return &place_; },
      [&](Place&, StreamWaiter& waiter) {
        waiter.leave_queue();
        EXPECT_TRUE(queue_.serving());
        within = queue_.serve(
            clock_.now(), [&](auto&) { return &place_; }, [](Place&, StreamWaiter&) { FAIL(); });
      });
  EXPECT_FALSE(within);
  EXPECT_FALSE(queue_.serving());
  EXPECT_TRUE(queue_.empty());
}

TEST_F(WaitQueueTest, a_failed_dial_is_told_to_those_that_waited_when_it_began) {
  auto& before = wait();
  clock_.advance(1ms);
  const auto began = clock_.now();
  clock_.advance(1ms);
  auto& after = wait();
  queue_.fail(error(), began);
  EXPECT_TRUE(before.error);
  EXPECT_FALSE(after.error);
  EXPECT_EQ(shared_.waiting(), 1u);
}

TEST_F(WaitQueueTest, a_waiter_that_fails_may_wait_again) {
  auto& waiter = wait();
  waiter.then = [&] { wait(); };
  queue_.fail(error(), clock_.now());
  EXPECT_EQ(queue_.size(), 1u) << "and does not fail again";
}

TEST_F(WaitQueueTest, requests_expire_at_their_deadlines) {
  auto& first = wait();
  clock_.advance(4s);
  auto& second = wait();
  EXPECT_EQ(queue_.next_due(clock_.now()), clock_.now() + 6s);
  clock_.advance(6s);
  queue_.expire(clock_.now(), [](auto&) { return error(); });
  EXPECT_TRUE(first.error);
  EXPECT_FALSE(second.error);
  EXPECT_EQ(queue_.next_due(clock_.now()), clock_.now() + 4s);
}

TEST_F(WaitQueueTest, a_large_body_waits_apart_for_a_while) {
  const auto until = clock_.now() + 1s;
  auto& waiter = wait({.bulk = true, .apart_until = until});
  wait();
  EXPECT_EQ(queue_.waiting_apart(clock_.now()), 1u);
  EXPECT_EQ(queue_.next_due(clock_.now()), until);
  EXPECT_FALSE(queue_.share_at_last(clock_.now()));
  clock_.advance(1s);
  EXPECT_TRUE(queue_.share_at_last(clock_.now()));
  EXPECT_FALSE(waiter.need().waits_apart(clock_.now()));
  EXPECT_FALSE(queue_.share_at_last(clock_.now())) << "once";
}

TEST_F(WaitQueueTest, a_waiter_that_is_destroyed_has_left) {
  {
    Waiter waiter;
    EXPECT_TRUE(queue_.add(waiter, {}, clock_.now(), clock_.now(), most_));
    EXPECT_EQ(shared_.waiting(), 1u);
  }
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(shared_.waiting(), 0u);
}

}  // namespace
}  // namespace ccnproxy::pool
