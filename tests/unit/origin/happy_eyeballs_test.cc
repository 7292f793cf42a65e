#include <gmock/gmock.h>

#include "unit/origin/happy_eyeballs_fixture.h"

namespace ccnproxy::origin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

TEST_F(HappyEyeballsTest, connects_to_the_first_that_answers) {
  const Listener first;
  const Listener second;
  run({first.where(), second.where()});
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, first.where());
}

TEST_F(HappyEyeballsTest, F050_tries_the_next_at_once_when_one_refuses) {
  const Refusal first;
  const Refusal second;
  const Listener third;
  run({first.where(), second.where(), third.where()});
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, third.where());
}

TEST_F(HappyEyeballsTest, F050_tries_the_next_at_once_when_one_has_no_route) {
  const Listener second;
  run({unroutable(), second.where()});
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, second.where());
}

TEST_F(HappyEyeballsTest, F051_starts_the_next_when_one_has_not_answered_for_a_while) {
  const BlackHole first;
  const Listener second;
  const auto before = open_descriptors();
  auto options = patient();
  options.stagger = milliseconds(20);
  run({first.where(), second.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, second.where());
  EXPECT_EQ(open_descriptors(), before + 1) << "the one that lost was not closed";
}

TEST_F(HappyEyeballsTest, F051_does_not_start_the_next_before_its_turn) {
  const BlackHole first;
  const Listener second;
  std::vector<Endpoint> begun;
  auto options = patient();
  options.deadline = milliseconds(50);
  options.permitted = [&](const Endpoint& address) {
    begun.push_back(address);
    return true;
  };
  run({first.where(), second.where()}, options);
  EXPECT_THAT(begun, ElementsAre(first.where()));
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_timeout);
  EXPECT_EQ(error().detail,
            first.where().to_string() + ": no answer, " + second.where().to_string() +
                ": not tried for lack of time; given up after 50 ms (timeouts.connect)");
}

TEST_F(HappyEyeballsTest, F051_several_that_do_not_answer_are_left_behind) {
  const BlackHole first;
  const BlackHole second;
  const Refusal third;
  const Listener fourth;
  auto options = patient();
  options.stagger = milliseconds(10);
  run({first.where(), second.where(), third.where(), fourth.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, fourth.where());
}

TEST_F(HappyEyeballsTest, F051_remembers_that_ipv6_did_not_answer) {
  const BlackHole v6("::1");
  const Listener v4;
  FamilyHealth health;
  auto options = patient();
  options.stagger = milliseconds(20);
  options.health = &health;
  run({v6.where(), v4.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_FALSE(health.is_v6_first(loop_.now()));
}

TEST_F(HappyEyeballsTest, F051_a_refusal_over_ipv6_is_no_sign_that_ipv6_is_broken) {
  const Refusal v6("::1");
  const Listener v4;
  FamilyHealth health;
  auto options = patient();
  options.health = &health;
  run({v6.where(), v4.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_TRUE(health.is_v6_first(loop_.now()));
}

TEST_F(HappyEyeballsTest, F051_remembers_that_ipv6_connected) {
  const Listener v6("::1");
  FamilyHealth health;
  health.note_v6_failed(loop_.now());
  auto options = patient();
  options.health = &health;
  run({v6.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_TRUE(health.is_v6_first(loop_.now()));
}

TEST_F(HappyEyeballsTest, F088_connects_to_no_address_that_is_not_permitted) {
  const Listener prohibited;
  const Listener permitted;
  auto options = patient();
  options.permitted = [&](const Endpoint& address) { return address != prohibited.where(); };
  run({prohibited.where(), permitted.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, permitted.where());
}

TEST_F(HappyEyeballsTest, F152_a_second_socket_waits_for_room_in_the_budget) {
  const BlackHole first;
  const Listener second;
  const auto budget = std::make_shared<ConnectionBudget>(1, 1);
  auto held = budget->take(ConnectionBudget::For::request);
  std::vector<Endpoint> begun;
  auto options = patient();
  options.stagger = milliseconds(1);
  options.budget = budget.get();
  options.permitted = [&](const Endpoint& address) {
    begun.push_back(address);
    return true;
  };
  start({first.where(), second.where()}, options);
  for (int i = 0; i < 20; ++i) loop_.run_once(milliseconds(10));
  EXPECT_THAT(begun, ElementsAre(first.where()));
  held.reset();
  finish();
  ASSERT_FALSE(result_->has_error());
  EXPECT_EQ((*result_)->peer, second.where());
  EXPECT_EQ(budget->used(), 0U) << "the connection's own lease is its pool's";
}

TEST_F(HappyEyeballsTest, F152_without_room_the_next_address_is_tried_when_the_one_before_failed) {
  const Refusal refusal;
  const Listener listener;
  const auto budget = std::make_shared<ConnectionBudget>(1, 1);
  const auto held = budget->take(ConnectionBudget::For::request);
  auto options = patient();
  options.budget = budget.get();
  run({refusal.where(), listener.where()}, options);
  ASSERT_FALSE(result_->has_error());
  EXPECT_EQ((*result_)->peer, listener.where());
}

TEST_F(HappyEyeballsTest, destroying_it_closes_its_sockets_and_ends_its_caller) {
  const BlackHole first;
  const Listener second;
  const auto before = open_descriptors();
  std::vector<Endpoint> begun;
  auto options = patient();
  options.stagger = Duration(0);
  options.permitted = [&](const Endpoint& address) {
    begun.push_back(address);
    return true;
  };
  start({first.where(), second.where()}, options);
  while (begun.size() < 2) loop_.run_once(milliseconds(10));
  destroy();
  EXPECT_EQ(open_descriptors(), before);
  for (int i = 0; i < 5; ++i) loop_.run_once(milliseconds(10));
  EXPECT_EQ(ends_, 0);
}

TEST_F(HappyEyeballsTest, destroying_it_before_it_has_run_runs_nothing) {
  start({unroutable()}, patient());
  destroy();
  for (int i = 0; i < 5; ++i) loop_.run_once(milliseconds(10));
  EXPECT_EQ(ends_, 0);
}

TEST_F(HappyEyeballsTest, destroying_it_with_an_answer_on_its_way_ends_its_caller) {
  for (int turns = 0; turns < 8; ++turns) {
    const Listener listener;
    ends_ = 0;
    start({listener.where()}, patient());
    for (int i = 0; i < turns && ends_ == 0; ++i) loop_.run_once(milliseconds(10));
    const int before = ends_;
    destroy();
    for (int i = 0; i < 5; ++i) loop_.run_once(Duration(0));
    EXPECT_EQ(ends_, before) << "after " << turns << " turns";
  }
}

TEST_F(HappyEyeballsTest, the_winner_can_be_watched_by_another) {
  const Listener listener;
  run({listener.where()});
  ASSERT_TRUE(result_->has_value());
  struct : IoHandler {
    void on_io(std::uint32_t events) override { seen |= events; }
    std::uint32_t seen = 0;
  } handler;
  loop_.watch((*result_)->fd.get(), EPOLLOUT, handler);
  loop_.run_once(seconds(10));
  EXPECT_NE(handler.seen & EPOLLOUT, 0u);
  loop_.unwatch((*result_)->fd.get());
}

}  // namespace
}  // namespace ccnproxy::origin
