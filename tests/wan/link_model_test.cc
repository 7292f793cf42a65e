#include "link_model.h"

#include <vector>

#include <gtest/gtest.h>

namespace ccnproxy::wan {
namespace {

using std::chrono::milliseconds;
using Fate = LinkModel::Fate;

const LinkModel::TimePoint kStart{std::chrono::hours(1)};

LinkOptions plain() {
  LinkOptions options;
  options.delay = milliseconds(50);
  return options;
}

TEST(LinkModel, delays_each_packet_alike) {
  LinkModel link(plain(), 1);
  EXPECT_EQ(link.admit(1500, kStart).due, kStart + milliseconds(50));
  EXPECT_EQ(link.admit(40, kStart + milliseconds(7)).due, kStart + milliseconds(57));
}

TEST(LinkModel, loses_all_or_nothing_at_the_ends_of_the_scale) {
  LinkOptions options = plain();
  options.loss_percent = 100;
  LinkModel all(options, 1);
  LinkModel none(plain(), 1);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(all.admit(100, kStart).fate, Fate::lost);
    EXPECT_EQ(none.admit(100, kStart).fate, Fate::delivered);
  }
}

TEST(LinkModel, loses_about_the_share_asked_for) {
  LinkOptions options = plain();
  options.loss_percent = 10;
  LinkModel link(options, 1);
  int lost = 0;
  for (int i = 0; i < 10'000; ++i) lost += link.admit(100, kStart).fate == Fate::lost;
  EXPECT_GT(lost, 850);
  EXPECT_LT(lost, 1150);
}

TEST(LinkModel, losses_in_bursts_are_as_many_and_as_long_as_asked_for) {
  LinkOptions options = plain();
  options.loss_percent = 2;
  options.loss_burst = 4;
  LinkModel link(options, 1);
  int lost = 0, bursts = 0;
  bool before = false;
  for (int i = 0; i < 200'000; ++i) {
    const bool now = link.admit(100, kStart).fate == Fate::lost;
    lost += now ? 1 : 0;
    bursts += now && !before ? 1 : 0;
    before = now;
  }
  EXPECT_NEAR(lost / 200'000.0, 0.02, 0.003);
  EXPECT_NEAR(lost / static_cast<double>(bursts), 4, 0.4);
}

TEST(LinkModel, a_rate_limit_spaces_packets) {
  LinkOptions options = plain();
  options.rate_mbit = 8;  // 1000 bytes a millisecond
  LinkModel link(options, 1);
  EXPECT_EQ(link.admit(1000, kStart).due, kStart + milliseconds(51));
  EXPECT_EQ(link.admit(2000, kStart).due, kStart + milliseconds(53));
  EXPECT_EQ(link.admit(1000, kStart + milliseconds(100)).due, kStart + milliseconds(151));
}

TEST(LinkModel, drops_what_the_queue_has_no_room_for_and_recovers) {
  LinkOptions options = plain();
  options.rate_mbit = 8;
  options.queue_bytes = 3000;
  LinkModel link(options, 1);
  int taken = 0;
  while (link.admit(1000, kStart).fate == Fate::delivered) ++taken;
  EXPECT_EQ(taken, 4);  // one on the line, three behind it
  EXPECT_EQ(link.admit(1000, kStart).fate, Fate::queue_full);
  EXPECT_EQ(link.admit(1000, kStart + milliseconds(1)).fate, Fate::delivered);
}

TEST(LinkModel, jitter_stays_in_its_bounds_and_keeps_the_order) {
  LinkOptions options = plain();
  options.jitter = milliseconds(20);
  LinkModel link(options, 1);
  auto last = kStart;
  for (int i = 0; i < 1000; ++i) {
    const auto due = link.admit(100, kStart).due;
    EXPECT_GE(due, last);
    EXPECT_GE(due, kStart + milliseconds(30));
    EXPECT_LE(due, kStart + milliseconds(70));
    last = due;
  }
}

TEST(LinkModel, reordering_lets_packets_overtake) {
  LinkOptions options = plain();
  options.jitter = milliseconds(20);
  options.reorder = true;
  LinkModel link(options, 1);
  int overtakes = 0;
  auto last = kStart;
  for (int i = 0; i < 100; ++i) {
    const auto due = link.admit(100, kStart).due;
    overtakes += due < last;
    last = due;
  }
  EXPECT_GT(overtakes, 10);
}

TEST(LinkModel, nothing_arrives_before_it_was_sent) {
  LinkOptions options;
  options.delay = milliseconds(1);
  options.jitter = milliseconds(20);
  options.reorder = true;
  LinkModel link(options, 1);
  for (int i = 0; i < 1000; ++i) EXPECT_GE(link.admit(100, kStart).due, kStart);
}

TEST(LinkModel, the_same_seed_gives_the_same_fates) {
  LinkOptions options = plain();
  options.loss_percent = 30;
  LinkModel one(options, 7);
  LinkModel same(options, 7);
  LinkModel other(options, 8);
  int differs = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto fate = one.admit(100, kStart).fate;
    EXPECT_EQ(fate, same.admit(100, kStart).fate);
    differs += fate != other.admit(100, kStart).fate;
  }
  EXPECT_GT(differs, 0);
}

}  // namespace
}  // namespace ccnproxy::wan
