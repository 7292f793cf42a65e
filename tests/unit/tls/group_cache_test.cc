// What is known of many origins' key exchange is bounded, and each origin's own.

#include "ccnproxy/tls/group_cache.h"

#include <gtest/gtest.h>

namespace ccnproxy::tls {
namespace {

constexpr std::uint16_t x25519 = 0x001d;

class GroupCacheTest : public testing::Test {
 protected:
  static PeerName peer(int n) { return {"h" + std::to_string(n) + ".test", 443}; }
  void learn(int n) { memory_.on_agreed(peer(n), memory_.next(peer(n), true), x25519, false); }
  bool knows(int n) { return memory_.next(peer(n), true).share == x25519; }

  TimePoint now_{std::chrono::hours(1000)};
  GroupCache memory_{3, [this] { return now_; }};
};

TEST_F(GroupCacheTest, each_name_and_port_has_its_own) {
  learn(1);
  EXPECT_TRUE(knows(1));
  EXPECT_FALSE(knows(2));
  EXPECT_EQ(memory_.next({peer(1).host, 8443}, true).share, 0);
}

TEST_F(GroupCacheTest, F098_the_one_not_dialled_for_the_longest_goes_at_the_bound) {
  learn(1), learn(2), learn(3);
  EXPECT_TRUE(knows(1));  // asked for: 2 is the oldest now
  learn(4);
  EXPECT_EQ(memory_.peers(), 3u);
  EXPECT_FALSE(knows(2));
  EXPECT_TRUE(knows(1));
}

TEST_F(GroupCacheTest, F098_asking_and_small_failures_leave_nothing_behind) {
  const auto small = memory_.next(peer(1), false);
  memory_.on_unanswered(peer(1), small);
  EXPECT_EQ(memory_.peers(), 0u);
}

TEST_F(GroupCacheTest, F098_what_is_usual_leaves_nothing_behind_and_corrects_what_is_known) {
  constexpr std::uint16_t p256 = 0x0017;
  const auto offer = memory_.next(peer(1), false);
  memory_.on_agreed(peer(1), offer, x25519, true);
  EXPECT_EQ(memory_.peers(), 0u);
  memory_.on_agreed(peer(1), offer, p256, false);
  EXPECT_EQ(memory_.next(peer(1), false).share, p256);
  memory_.on_agreed(peer(1), offer, x25519, true);
  EXPECT_EQ(memory_.next(peer(1), false).share, x25519);
}

TEST_F(GroupCacheTest, goes_by_its_clock) {
  learn(1);
  now_ += GroupChoice::asks_again_after;
  EXPECT_FALSE(knows(1));
}

}  // namespace
}  // namespace ccnproxy::tls
