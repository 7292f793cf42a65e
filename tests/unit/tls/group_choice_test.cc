// Which groups the next ClientHello for an origin offers, after what it met before.

#include "ccnproxy/tls/group_choice.h"

#include <gtest/gtest.h>

namespace ccnproxy::tls {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint16_t x25519 = 0x001d;
constexpr std::uint16_t p256 = 0x0017;
constexpr std::uint16_t x25519_mlkem768 = 0x11ec;

class GroupChoiceTest : public testing::Test {
 protected:
  GroupOffer next() { return choice_.next(true, now_); }
  bool agree(const GroupOffer& offer, std::uint16_t group) {
    return choice_.on_agreed(offer, group, now_);
  }
  bool meet(std::uint16_t group) { return agree(next(), group); }
  void stay_unanswered(const GroupOffer& offer) { choice_.on_unanswered(offer, now_); }
  /// A large one fails and a small one after it does not.
  void meet_what_takes_small_ones_only() {
    const auto large = next();
    EXPECT_TRUE(large.large);
    pass(seconds(1));
    stay_unanswered(large);
    EXPECT_TRUE(next().classic_only);
    meet(x25519);
  }
  void pass(Duration time) { now_ += time; }
  /// How long small ones are sent from now on.
  Duration classic_for() {
    Duration time{};
    for (auto at = now_; choice_.is_classic_only(at); at += seconds(1)) time += seconds(1);
    return time;
  }

  GroupChoice choice_;
  TimePoint now_{hours(1000)};
};

TEST_F(GroupChoiceTest, offers_what_the_library_does_while_nothing_is_known) {
  EXPECT_EQ(next(), (GroupOffer{false, 0, true, now_}));
  EXPECT_EQ(choice_.next(false, now_), (GroupOffer{false, 0, false, now_}));
}

TEST_F(GroupChoiceTest, offers_the_share_of_the_group_that_was_chosen_alone) {
  meet(x25519);
  EXPECT_EQ(next(), (GroupOffer{false, x25519, false, now_}));
  meet(x25519_mlkem768);  // the origin asked for another by a HelloRetryRequest
  EXPECT_EQ(next(), (GroupOffer{false, x25519_mlkem768, true, now_}));
}

TEST_F(GroupChoiceTest, a_handshake_without_a_group_teaches_nothing) {
  meet(0);
  EXPECT_EQ(next().share, 0);
  meet(p256);
  meet(0);
  EXPECT_EQ(next().share, p256);
}

TEST_F(GroupChoiceTest, one_a_day_offers_all_shares_again) {
  meet(x25519);
  pass(hours(24) - minutes(1));
  EXPECT_EQ(meet(x25519), false);
  EXPECT_EQ(next().share, x25519) << "agreeing on what was guessed is no reason to go on longer";
  pass(minutes(1));
  const auto open = next();
  EXPECT_EQ(open.share, 0);
  EXPECT_TRUE(open.large);
  EXPECT_EQ(next().share, x25519) << "the others go on until its outcome is known";
  agree(open, x25519_mlkem768);
  EXPECT_EQ(next().share, x25519_mlkem768);
}

TEST_F(GroupChoiceTest, one_that_asks_again_and_ends_otherwise_is_followed_by_another) {
  meet(x25519);
  pass(hours(24));
  EXPECT_EQ(next().share, 0);
  pass(GroupChoice::outcome_known_after);
  EXPECT_EQ(next().share, 0);
}

TEST_F(GroupChoiceTest, a_large_one_without_an_answer_is_followed_by_a_small_one) {
  stay_unanswered(next());
  EXPECT_EQ(next(), (GroupOffer{true, 0, false, now_}));
}

TEST_F(GroupChoiceTest, small_ones_go_on_for_ten_minutes_if_one_is_answered) {
  meet_what_takes_small_ones_only();
  EXPECT_EQ(classic_for(), minutes(10));
  meet(x25519);
  pass(minutes(5));
  meet(x25519);
  EXPECT_EQ(classic_for(), minutes(5)) << "further ones do not make it longer";
}

TEST_F(GroupChoiceTest, is_told_once_that_large_ones_are_not_answered) {
  stay_unanswered(next());
  EXPECT_TRUE(meet(x25519));
  EXPECT_FALSE(meet(x25519));
  pass(minutes(10));
  stay_unanswered(next());
  EXPECT_FALSE(meet(x25519));
}

TEST_F(GroupChoiceTest, then_one_large_one_is_tried_while_others_stay_small) {
  meet_what_takes_small_ones_only();
  pass(minutes(10));
  EXPECT_TRUE(next().large);
  EXPECT_TRUE(next().classic_only);
}

TEST_F(GroupChoiceTest, each_time_in_vain_doubles_the_time_to_an_hour_at_most) {
  for (const auto expected : {minutes(10), minutes(20), minutes(40), minutes(60), minutes(60)}) {
    meet_what_takes_small_ones_only();
    EXPECT_EQ(classic_for(), expected);
    pass(expected);
  }
}

TEST_F(GroupChoiceTest, a_large_one_that_is_answered_ends_it) {
  meet_what_takes_small_ones_only();
  pass(minutes(10));
  meet(x25519_mlkem768);
  EXPECT_EQ(classic_for(), Duration(0));
  EXPECT_EQ(next().share, x25519_mlkem768);
}

TEST_F(GroupChoiceTest, a_small_one_without_an_answer_acquits_the_size) {
  stay_unanswered(next());
  stay_unanswered(next());
  EXPECT_EQ(next(), (GroupOffer{false, 0, true, now_}));
}

TEST_F(GroupChoiceTest, where_a_large_one_was_answered_it_takes_two_in_a_row) {
  meet(x25519_mlkem768);
  pass(seconds(1));
  stay_unanswered(next());
  EXPECT_TRUE(next().large) << "an origin that restarts resets one, too";
  pass(seconds(1));
  stay_unanswered(next());
  EXPECT_TRUE(next().classic_only);
}

TEST_F(GroupChoiceTest, those_under_way_together_count_as_one) {
  meet(x25519_mlkem768);
  pass(seconds(1));
  const auto first = next(), second = next(), third = next();
  pass(seconds(1));
  stay_unanswered(first), stay_unanswered(second), stay_unanswered(third);
  EXPECT_TRUE(next().large);
}

TEST_F(GroupChoiceTest, one_that_is_answered_between_two_makes_them_two_times_one) {
  meet(x25519_mlkem768);
  for (int i = 0; i < 5; ++i) {
    pass(seconds(1));
    stay_unanswered(next());
    pass(seconds(1));
    meet(x25519_mlkem768);
  }
  EXPECT_TRUE(next().large);
}

TEST_F(GroupChoiceTest, a_small_share_without_an_answer_says_nothing_of_the_size) {
  meet(x25519);
  for (int i = 0; i < 5; ++i) {
    pass(seconds(1));
    stay_unanswered(next());
  }
  EXPECT_EQ(next(), (GroupOffer{false, x25519, false, now_}));
}

TEST_F(GroupChoiceTest, small_ones_keep_the_share_of_a_classic_group) {
  meet(p256);
  pass(hours(24));
  const auto large = next();
  pass(seconds(1));
  stay_unanswered(large);
  pass(GroupChoice::outcome_known_after);
  stay_unanswered(next());
  EXPECT_EQ(next(), (GroupOffer{true, p256, false, now_}));
}

}  // namespace
}  // namespace ccnproxy::tls
