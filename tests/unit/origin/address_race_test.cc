#include "ccnproxy/origin/address_race.h"

#include <filesystem>
#include <iterator>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "ccnproxy/origin/dialer.h"
#include "ccnproxy/origin/socket_options.h"
#include "ccnproxy/origin/unsent_limit.h"

#include "fakes/sanitizer.h"
#include "unit/origin/places.h"

namespace ccnproxy::origin {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

/// The kernel refuses to connect TCP to it, without a packet.
Endpoint unroutable() { return Endpoint::from_literal("255.255.255.255", 443).value(); }

std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

int option(const UniqueFd& fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  ::getsockopt(fd.get(), level, name, &value, &size);
  return value;
}

class AddressRaceTest : public testing::Test {
 protected:
  /// Patient by default, so that only what a test is about can end a wait.
  static AddressRace::Options patient() {
    AddressRace::Options options;
    options.deadline = seconds(30);
    options.stagger = hours(1);
    return options;
  }

  void start(std::vector<Endpoint> addresses, AddressRace::Options options) {
    race_ = std::make_unique<AddressRace>(loop_, std::move(addresses), std::move(options),
                                          [this](Result<Connected> result) {
                                            ++calls_;
                                            result_ = std::move(result);
                                            if (destroy_in_callback_) race_.reset();
                                          });
  }
  void run(std::vector<Endpoint> addresses, AddressRace::Options options = patient()) {
    start(std::move(addresses), std::move(options));
    EXPECT_EQ(calls_, 0) << "told from within the constructor";
    finish();
  }
  void finish() {
    const auto limit = EventLoop::read_clock() + seconds(20);
    while (calls_ == 0 && EventLoop::read_clock() < limit) loop_.run_once(milliseconds(100));
    for (int i = 0; i < 3; ++i) loop_.run_once(Duration(0));
    ASSERT_EQ(calls_, 1);
  }
  Error error() const { return result_->error(); }

  EventLoop loop_;
  std::unique_ptr<AddressRace> race_;
  std::optional<Result<Connected>> result_;
  int calls_ = 0;
  bool destroy_in_callback_ = false;
};

TEST_F(AddressRaceTest, connects_to_the_first_that_answers) {
  const Listener first;
  const Listener second;
  run({first.where(), second.where()});
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, first.where());
}

TEST_F(AddressRaceTest, F050_tries_the_next_at_once_when_one_refuses) {
  const Refusal first;
  const Refusal second;
  const Listener third;
  run({first.where(), second.where(), third.where()});
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, third.where());
}

TEST_F(AddressRaceTest, F050_tries_the_next_at_once_when_one_has_no_route) {
  const Listener second;
  run({unroutable(), second.where()});
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, second.where());
}

TEST_F(AddressRaceTest, F051_starts_the_next_when_one_has_not_answered_for_a_while) {
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

TEST_F(AddressRaceTest, F051_does_not_start_the_next_before_its_turn) {
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

TEST_F(AddressRaceTest, F051_several_that_do_not_answer_are_left_behind) {
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

TEST_F(AddressRaceTest, F051_remembers_that_ipv6_did_not_answer) {
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

TEST_F(AddressRaceTest, F051_a_refusal_over_ipv6_is_no_sign_that_ipv6_is_broken) {
  const Refusal v6("::1");
  const Listener v4;
  FamilyHealth health;
  auto options = patient();
  options.health = &health;
  run({v6.where(), v4.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_TRUE(health.is_v6_first(loop_.now()));
}

TEST_F(AddressRaceTest, F051_remembers_that_ipv6_connected) {
  const Listener v6("::1");
  FamilyHealth health;
  health.note_v6_failed(loop_.now());
  auto options = patient();
  options.health = &health;
  run({v6.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_TRUE(health.is_v6_first(loop_.now()));
}

TEST_F(AddressRaceTest, says_that_all_refused) {
  const Refusal only;
  run({only.where()});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_refused);
  EXPECT_EQ(error().side, Side::origin);
  EXPECT_EQ(error().phase, Phase::tcp);
  EXPECT_EQ(error().proof, Proof::not_sent);
  EXPECT_EQ(error().detail, only.where().to_string() + ": refused");
}

TEST_F(AddressRaceTest, says_that_there_is_no_route) {
  run({unroutable()});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::destination_ip_unroutable);
  EXPECT_THAT(error().detail, HasSubstr("255.255.255.255:443: "));
}

TEST_F(AddressRaceTest, a_refusal_says_more_than_a_missing_route) {
  const Refusal refusal;
  run({unroutable(), refusal.where()});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_refused);
}

TEST_F(AddressRaceTest, ends_at_the_deadline) {
  const BlackHole only;
  const auto before = open_descriptors();
  auto options = patient();
  options.deadline = milliseconds(30);
  run({only.where()}, options);
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_timeout);
  EXPECT_EQ(error().detail,
            only.where().to_string() + ": no answer within 30 ms (timeouts.connect)");
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(AddressRaceTest, says_that_there_is_nothing_to_connect_to) {
  run({});
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::proxy_internal_error);
  EXPECT_EQ(error().detail, "no address to connect to");
}

TEST_F(AddressRaceTest, bounds_the_text_of_a_failure) {
  run(std::vector<Endpoint>(500, unroutable()));
  ASSERT_TRUE(result_->has_error());
  EXPECT_THAT(error().detail, HasSubstr(", and 492 more"));
  EXPECT_LT(error().detail.size(), 1000u);
}

TEST_F(AddressRaceTest, F088_connects_to_no_address_that_is_not_permitted) {
  const Listener prohibited;
  const Listener permitted;
  auto options = patient();
  options.permitted = [&](const Endpoint& address) { return address != prohibited.where(); };
  run({prohibited.where(), permitted.where()}, options);
  ASSERT_TRUE(result_->has_value());
  EXPECT_EQ((*result_)->peer, permitted.where());
}

TEST_F(AddressRaceTest, F088_says_that_no_address_is_permitted) {
  const Listener listener;
  auto options = patient();
  options.permitted = [](const Endpoint&) { return false; };
  run({listener.where()}, options);
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::destination_ip_prohibited);
  EXPECT_EQ(error().detail, listener.where().to_string() + ": prohibited");
}

TEST_F(AddressRaceTest, F088_a_prohibited_address_does_not_hide_why_a_permitted_one_failed) {
  const Listener prohibited;
  const Refusal refusal;
  auto options = patient();
  options.permitted = [&](const Endpoint& address) { return address != prohibited.where(); };
  run({prohibited.where(), refusal.where()}, options);
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_refused);
}

TEST_F(AddressRaceTest, F093_a_want_of_descriptors_is_ours) {
  const Listener listener;
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  auto options = patient();
  options.permitted = [&](const Endpoint&) {  // is called just before a descriptor is needed
    const rlimit none{0, old.rlim_max};
    return ::setrlimit(RLIMIT_NOFILE, &none) == 0;
  };
  start({listener.where()}, options);
  ::setrlimit(RLIMIT_NOFILE, &old);
  finish();
  ASSERT_TRUE(result_->has_error());
  EXPECT_EQ(error().type, ErrorType::connection_limit_reached);
  EXPECT_EQ(error().side, Side::us);
  EXPECT_TRUE(is_lack_of_descriptors(error()));
}

TEST_F(AddressRaceTest, F152_a_want_of_descriptors_is_ours_whatever_another_address_said) {
  if (!fakes::works_without_descriptors(fakes::own_sanitizer))
    GTEST_SKIP() << "the sanitizer needs one";
  const Refusal refusal;
  const Listener listener;
  rlimit old{};
  ::getrlimit(RLIMIT_NOFILE, &old);
  auto options = patient();
  options.permitted = [&](const Endpoint& to) {
    const rlimit none{0, old.rlim_max};
    return to == refusal.where() || ::setrlimit(RLIMIT_NOFILE, &none) == 0;
  };
  run({refusal.where(), listener.where()}, options);
  ::setrlimit(RLIMIT_NOFILE, &old);
  ASSERT_TRUE(result_->has_error());
  EXPECT_TRUE(is_lack_of_descriptors(error()));
}

TEST_F(AddressRaceTest, F152_a_second_socket_waits_for_room_in_the_budget) {
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

TEST_F(AddressRaceTest, F152_without_room_the_next_address_is_tried_when_the_one_before_failed) {
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

TEST_F(AddressRaceTest, destroying_it_closes_its_sockets_and_calls_nobody) {
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
  race_.reset();
  EXPECT_EQ(open_descriptors(), before);
  for (int i = 0; i < 5; ++i) loop_.run_once(milliseconds(10));
  EXPECT_EQ(calls_, 0);
}

TEST_F(AddressRaceTest, destroying_it_with_a_known_result_calls_nobody) {
  start({unroutable()}, patient());
  race_.reset();
  for (int i = 0; i < 5; ++i) loop_.run_once(milliseconds(10));
  EXPECT_EQ(calls_, 0);
}

TEST_F(AddressRaceTest, may_be_destroyed_by_its_callback) {
  const BlackHole slow;
  const Listener listener;
  destroy_in_callback_ = true;
  auto options = patient();
  options.stagger = milliseconds(10);
  run({slow.where(), listener.where()}, options);
  EXPECT_TRUE(result_->has_value());
  EXPECT_EQ(race_, nullptr);
}

TEST_F(AddressRaceTest, the_winner_can_be_watched_by_another) {
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

TEST_F(AddressRaceTest, the_winner_has_the_options_of_an_origin_connection) {
  const Listener listener;
  run({listener.where()});
  ASSERT_TRUE(result_->has_value());
  const auto& fd = (*result_)->fd;
  EXPECT_NE(::fcntl(fd.get(), F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT), UnsentLimit::least);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 20'000);
  EXPECT_EQ(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_GE(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 10);
  EXPECT_LE(option(fd, IPPROTO_TCP, TCP_KEEPIDLE), 15);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPINTVL), 3);
  EXPECT_EQ(option(fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
}

TEST_F(AddressRaceTest, F007_connections_made_together_are_not_kept_alive_in_the_same_moments) {
  const Listener listener;
  std::vector<UniqueFd> sockets;
  std::set<int> idle;
  for (int i = 0; i < 6; ++i) {
    sockets.push_back(open_origin_socket(listener.where()));
    idle.insert(option(sockets.back(), IPPROTO_TCP, TCP_KEEPIDLE));
  }
  EXPECT_GE(idle.size(), 4u) << "of six whose numbers follow each other, but for gaps";
}

}  // namespace
}  // namespace ccnproxy::origin
