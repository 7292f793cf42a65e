// What the simulated network does to requests: the numbers of the tables rest on it.

#include "sim/wire.h"

#include <optional>

#include <gtest/gtest.h>

#include "sim/sim_dialer.h"

namespace ccnproxy::sim {
namespace {

using origin::Protocol;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct OneExchange : Exchange {
  explicit OneExchange(World& w) : Exchange(w, Duration(0)), world(w) {}
  void on_answered() override { answered = world.now(); }
  void on_lost(Proof p) override { lost = p; }
  World& world;
  std::optional<TimePoint> answered;
  std::optional<Proof> lost;
};

struct Holder : WireHolder {
  void on_going() override { going = true; }
  void on_end(std::string_view) override { ended = true; }
  bool going = false;
  bool ended = false;
};

class WireTest : public testing::Test {
 protected:
  static OriginModel origin_with(Habit habit) {
    return OriginModel(1, static_cast<std::size_t>(habit));
  }
  void pass(Duration time) { world_.run_until(world_.now() + time); }

  World world_;
  Books books_;
  Holder holder_;
};

TEST_F(WireTest, an_answer_takes_a_round_trip) {
  const auto origin = origin_with(Habit::steady);
  Wire wire(world_, origin, Protocol::http1, holder_, books_);
  OneExchange exchange(world_);
  wire.send(exchange);
  pass(seconds(1));
  ASSERT_TRUE(exchange.answered);
  EXPECT_EQ(*exchange.answered, World::beginning + origin.rtt());
}

TEST_F(WireTest, an_idle_connection_is_closed_at_the_origins_limit) {
  const auto origin = origin_with(Habit::closes_after_5);
  Wire wire(world_, origin, Protocol::http1, holder_, books_);
  pass(milliseconds(4999));
  EXPECT_FALSE(holder_.ended);
  pass(milliseconds(2));
  EXPECT_TRUE(holder_.ended);
  EXPECT_EQ(books_.open(), 0u);
}

TEST_F(WireTest, F001_a_request_that_crosses_the_close_is_lost_unheard_or_refused_by_GOAWAY) {
  const auto origin = origin_with(Habit::closes_after_5);
  for (const auto protocol : {Protocol::http1, Protocol::http2}) {
    Wire wire(world_, origin, protocol, holder_, books_);
    OneExchange first(world_);
    OneExchange crossing(world_);
    wire.send(first);
    pass(origin.rtt() + seconds(5) - origin.rtt() / 2);
    ASSERT_TRUE(first.answered);
    wire.send(crossing);
    pass(seconds(1));
    ASSERT_TRUE(crossing.lost);
    EXPECT_EQ(*crossing.lost,
              protocol == Protocol::http2 ? Proof::refused : Proof::no_byte_on_reused);
  }
}

TEST_F(WireTest, a_request_keeps_an_idle_connection_open) {
  const auto origin = origin_with(Habit::closes_after_5);
  Wire wire(world_, origin, Protocol::http1, holder_, books_);
  for (int i = 0; i < 4; ++i) {
    pass(seconds(4));
    OneExchange exchange(world_);
    wire.send(exchange);
    pass(seconds(1));
    EXPECT_TRUE(exchange.answered);
  }
  EXPECT_TRUE(wire.open());
}

TEST_F(WireTest, http1_says_with_the_last_response_that_it_is_the_last) {
  const auto origin = origin_with(Habit::hundred_requests);
  Wire wire(world_, origin, Protocol::http1, holder_, books_);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(holder_.going);
    OneExchange exchange(world_);
    wire.send(exchange);
    pass(seconds(1));
    EXPECT_TRUE(exchange.answered);
  }
  EXPECT_TRUE(holder_.going);
  EXPECT_TRUE(holder_.ended);
}

TEST_F(WireTest, http2_refuses_what_was_sent_after_the_last_request_and_before_its_GOAWAY_came) {
  const auto origin = origin_with(Habit::hundred_requests);
  Wire wire(world_, origin, Protocol::http2, holder_, books_);
  std::vector<std::unique_ptr<OneExchange>> exchanges;
  for (int i = 0; i < 101; ++i) {
    wire.send(*exchanges.emplace_back(std::make_unique<OneExchange>(world_)));
    pass(milliseconds(1));
  }
  pass(seconds(1));
  EXPECT_TRUE(holder_.going);
  EXPECT_TRUE(holder_.ended);
  EXPECT_TRUE(exchanges[99]->answered);
  ASSERT_TRUE(exchanges[100]->lost);
  EXPECT_EQ(*exchanges[100]->lost, Proof::refused);
}

TEST_F(WireTest, a_restart_cuts_off_what_is_open_and_refuses_dials_for_a_second) {
  const auto origin = origin_with(Habit::restarts);
  Wire wire(world_, origin, Protocol::http2, holder_, books_);
  const auto restart = origin.cut_off(world_.now());
  world_.run_until(restart + milliseconds(1));
  EXPECT_TRUE(holder_.ended);
  const DialFate refused(origin, restart);
  EXPECT_FALSE(refused.connects);
  EXPECT_EQ(refused.at, restart + origin.rtt());
  const DialFate later(origin, restart + seconds(1));
  EXPECT_TRUE(later.connects);
  EXPECT_EQ(later.at, restart + seconds(1) + 2 * origin.rtt());
}

TEST_F(WireTest, an_origin_that_moves_gives_its_old_address_up_in_time) {
  const auto origin = origin_with(Habit::moves);
  const auto address = origin.address(world_.now());
  const auto gone = origin.cut_off(world_.now());
  EXPECT_FALSE(origin.is_withdrawn(address, world_.now()));
  EXPECT_TRUE(origin.is_withdrawn(address, gone));
  EXPECT_FALSE(origin.is_withdrawn(origin.address(gone), gone));
}

}  // namespace
}  // namespace ccnproxy::sim
