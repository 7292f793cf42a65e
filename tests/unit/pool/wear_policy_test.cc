#include "ccnproxy/pool/wear_policy.h"

#include <gtest/gtest.h>

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;

/// Of a connection that has carried a large body over 100 ms and lost a packet.
PathCounters sent(std::uint64_t window, std::uint64_t threshold) {
  PathCounters path;
  path.sent = 800;
  path.sent_again = 1;
  path.rtt = 100ms;
  path.window = window;
  path.threshold = threshold;
  return path;
}
PathCounters received(std::uint64_t out_of_order) {
  PathCounters path;
  path.received = 800;
  path.out_of_order = out_of_order;
  path.rtt = 100ms;
  return path;
}
constexpr std::uint64_t mebibyte = 1 << 20;

TEST(WearPolicy, F034_a_sender_whose_window_a_loss_has_made_narrow_is_worn) {
  EXPECT_TRUE(is_worn({sent(20 * packet_bytes, 14 * packet_bytes), 0, 2s}));
  EXPECT_FALSE(is_worn({sent(20 * packet_bytes, 200 * packet_bytes), 0, 2s}))
      << "it grows quickly up to the threshold";
  EXPECT_FALSE(is_worn({sent(200 * packet_bytes, 14 * packet_bytes), 0, 2s})) << "it has recovered";
}

TEST(WearPolicy, F034_without_a_loss_a_narrow_window_is_all_that_the_path_has) {
  auto path = sent(20 * packet_bytes, 14 * packet_bytes);
  path.sent_again = 0;
  EXPECT_FALSE(is_worn({path, 0, 2s}));
  EXPECT_FALSE(is_worn({{}, mebibyte, 60s})) << "the kernel tells nothing";
}

TEST(WearPolicy, F034_the_far_sender_is_judged_by_what_came_in_a_round_trip) {
  EXPECT_TRUE(is_worn({received(40), mebibyte, 2s})) << "52 KiB in each";
  EXPECT_FALSE(is_worn({received(40), mebibyte, 700ms})) << "150 KiB in each";
  EXPECT_FALSE(is_worn({received(0), mebibyte, 60s})) << "slow, but nothing was lost";
  EXPECT_FALSE(is_worn({received(40), 1024, 100ms})) << "a small response tells nothing";
  EXPECT_FALSE(is_worn({received(40), mebibyte, 0s}));
}

}  // namespace
}  // namespace ccnproxy::pool
