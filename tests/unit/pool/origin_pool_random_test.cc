// Any order of events: the books of a pool always balance (F025, F026).

#include <random>

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class OriginPoolRandom : public PoolFixture, public testing::WithParamInterface<std::uint32_t> {
 protected:
  std::size_t pick(std::size_t n) { return random_() % n; }

  void step() {
    switch (pick(12)) {
      case 0:
      case 1:
      case 2:
        asked_.push_back(&ask());
        break;
      case 3:
        asked_.push_back(&ask(net_.last_serial));
        break;
      case 4:
      case 5:
        connect();
        break;
      case 6:
        if (!net_.dialing.empty()) net_.refuse();
        break;
      case 7:
      case 8:
        with_connection([](auto& c) {
          if (c.streams() > 0) c.end_stream();
        });
        break;
      case 9:
        with_connection([this](auto& c) { pick(2) ? c.goaway() : c.close(); });
        break;
      case 10:
        with_connection([this](auto& c) { c.set_limit(pick(4)); });
        break;
      case 11:
        pass(milliseconds(pick(3000)));
        break;
    }
    if (pick(3) == 0) turn();
  }

  void connect() {
    if (net_.dialing.empty()) return;
    if (pick(2)) {
      net_.connect_http1();
    } else {
      net_.connect_http2(pick(4));
    }
  }

  template <class Do>
  void with_connection(Do act) {
    turn();  // what is closed must be gone before something happens on it
    if (!net_.connections.empty()) act(*net_.connections[pick(net_.connections.size())]);
  }

  void check() {
    for (auto* connection : net_.connections) EXPECT_FALSE(connection->overcommitted());
    for (auto* waiter : asked_) EXPECT_LE(waiter->answers, 1);
    EXPECT_EQ(count(State::connecting), net_.dialing.size());
    EXPECT_LE(count(State::connecting) + count(State::ready) + count(State::busy),
              settings_.max_connections);
    const auto unanswered =
        std::count_if(asked_.begin(), asked_.end(), [](auto* w) { return !w->answered(); });
    EXPECT_EQ(pool().waiting(), static_cast<std::size_t>(unanswered));
  }

  /// Everything in flight ends well; nothing may be left over.
  void settle() {
    for (int i = 0; i < 1000 && !pool().empty(); ++i) {
      while (!net_.dialing.empty()) net_.connect_http1();
      turn();
      for (auto* connection : std::vector(net_.connections)) {
        while (connection->streams() > 0) connection->end_stream();
      }
      pass(seconds(60));
    }
  }

  std::mt19937 random_{GetParam()};
  std::vector<FakeWaiter*> asked_;
};

TEST_P(OriginPoolRandom, F025_the_books_balance_whatever_happens) {
  settings_.max_connections = 5;
  settings_.max_pending = 8;
  for (int i = 0; i < 3000 && !HasFailure(); ++i) {
    step();
    check();
  }
  settle();
  EXPECT_TRUE(pool().empty());
  EXPECT_EQ(pool().waiting(), 0u);
  for (auto* waiter : asked_) EXPECT_EQ(waiter->answers, 1);

  auto& last = ask();
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http1();
  EXPECT_TRUE(last.served()) << "no slot has leaked";
}

INSTANTIATE_TEST_SUITE_P(Seeds, OriginPoolRandom, testing::Range(1u, 9u));

}  // namespace
}  // namespace ccnproxy::pool
