#include "ccnproxy/dns/address_set.h"

#include <algorithm>
#include <functional>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::dns {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::ElementsAreArray;

using Texts = std::vector<std::string>;

Endpoint at(const std::string& text) { return Endpoint::from_literal(text, 0).value(); }
std::string numbered(int n) { return "192.0.2." + std::to_string(n); }
Texts range(int first, int last) {
  Texts texts;
  for (int n = first; n <= last; ++n) texts.push_back(numbered(n));
  return texts;
}

class AddressSetTest : public testing::Test {
 protected:
  /// An answer to the question for A, and then the time to the next one.
  void learn(const Texts& texts, Duration then) { learn(AddressFamily::v4, texts, then); }
  void learn(AddressFamily family, const Texts& texts, Duration then) {
    FamilyAnswer answer{family, {}};
    for (const auto& text : texts) answer.addresses.push_back(at(text));
    set_.learn(answer, now_);
    now_ += then;
  }
  bool is_withdrawn(const std::string& text) const { return set_.is_withdrawn(at(text)); }
  std::size_t count_withdrawn(const Texts& texts) const {
    return static_cast<std::size_t>(std::count_if(
        texts.begin(), texts.end(), [&](const auto& text) { return is_withdrawn(text); }));
  }
  Texts dialled() const {
    Texts texts;
    for (const auto& address : set_.addresses(now_)) {
      EXPECT_EQ(address.port(), 0);
      auto text = address.to_string();
      text.resize(text.size() - 2);  // ":0"
      texts.push_back(std::move(text));
    }
    return texts;
  }
  /// Answers until `address` is withdrawn, at most `limit`; how many.
  int answers_until_withdrawn(const std::string& address, const std::function<Texts()>& next,
                              Duration ttl, int limit = 1000) {
    int n = 0;
    while (!is_withdrawn(address) && n < limit) {
      learn(next(), ttl);
      ++n;
    }
    return n;
  }

  AddressSet set_;
  TimePoint now_{hours(1)};
  std::mt19937 random_{7};
};

TEST_F(AddressSetTest, knows_nothing_of_a_name_that_was_never_answered) {
  EXPECT_FALSE(is_withdrawn("192.0.2.1"));
  EXPECT_FALSE(is_withdrawn("2001:db8::1"));
  EXPECT_THAT(dialled(), ElementsAre());
}

TEST_F(AddressSetTest, F047_an_address_goes_when_three_answers_over_a_minute_leave_it_out) {
  learn(range(1, 2), seconds(30));
  learn(range(2, 2), seconds(30));
  learn(range(2, 2), seconds(30));
  EXPECT_FALSE(is_withdrawn("192.0.2.1"));
  EXPECT_THAT(dialled(), ElementsAre("192.0.2.2", "192.0.2.1"));
  learn(range(2, 2), seconds(30));
  EXPECT_TRUE(is_withdrawn("192.0.2.1"));
  EXPECT_FALSE(is_withdrawn("192.0.2.2"));
  EXPECT_THAT(dialled(), ElementsAre("192.0.2.2"));
}

TEST_F(AddressSetTest, F047_many_answers_in_a_short_time_are_not_enough) {
  learn(range(1, 2), seconds(1));
  for (int i = 0; i < 60; ++i) learn(range(2, 2), seconds(1));
  EXPECT_FALSE(is_withdrawn("192.0.2.1"));
  learn(range(2, 2), seconds(1));
  EXPECT_TRUE(is_withdrawn("192.0.2.1"));
}

TEST_F(AddressSetTest, F047_a_long_time_with_few_answers_is_not_enough) {
  learn(range(1, 2), hours(1));
  learn(range(2, 2), hours(1));
  learn(range(2, 2), hours(1));
  EXPECT_FALSE(is_withdrawn("192.0.2.1"));
  learn(range(2, 2), hours(1));
  EXPECT_TRUE(is_withdrawn("192.0.2.1"));
}

TEST_F(AddressSetTest, F047_the_patience_can_be_set) {
  set_ = AddressSet({.answers = 2, .absence = seconds(5)});
  learn(range(1, 2), seconds(5));
  learn(range(2, 2), seconds(5));
  EXPECT_FALSE(is_withdrawn("192.0.2.1"));
  learn(range(2, 2), seconds(5));
  EXPECT_TRUE(is_withdrawn("192.0.2.1"));
}

TEST_F(AddressSetTest, F047_another_order_is_the_same_answer) {
  learn({"192.0.2.1", "192.0.2.2", "192.0.2.3"}, seconds(30));
  learn({"192.0.2.3", "192.0.2.2"}, seconds(30));
  learn({"192.0.2.2", "192.0.2.3"}, seconds(30));
  learn({"192.0.2.3", "192.0.2.2"}, seconds(30));
  EXPECT_TRUE(is_withdrawn("192.0.2.1"));
  EXPECT_THAT(dialled(), ElementsAre("192.0.2.3", "192.0.2.2"));
}

TEST_F(AddressSetTest, F047_all_addresses_of_a_name_may_change_at_once) {
  learn(range(1, 4), seconds(60));
  for (int i = 0; i < 2; ++i) learn(range(5, 8), seconds(60));
  EXPECT_EQ(count_withdrawn(range(1, 4)), 0u);
  EXPECT_EQ(dialled().size(), 8u);
  EXPECT_EQ(dialled().front(), "192.0.2.5");
  learn(range(5, 8), seconds(60));
  EXPECT_EQ(count_withdrawn(range(1, 4)), 4u);
  EXPECT_THAT(dialled(), ElementsAreArray(range(5, 8)));
}

TEST_F(AddressSetTest, F047_an_address_that_comes_back_is_as_good_as_new) {
  learn(range(1, 2), seconds(60));
  for (int i = 0; i < 3; ++i) learn(range(2, 2), seconds(60));
  ASSERT_TRUE(is_withdrawn("192.0.2.1"));
  learn(range(1, 2), seconds(60));
  EXPECT_FALSE(is_withdrawn("192.0.2.1"));
  EXPECT_THAT(dialled(), ElementsAre("192.0.2.1", "192.0.2.2"));
}

/// Eight of 32 in turn: each address is absent from three answers, then back.
TEST_F(AddressSetTest, F047_eight_of_32_in_turn_withdraw_nothing) {
  for (const auto ttl : {1, 20, 60, 300}) {
    set_ = AddressSet();
    for (int i = 0; i < 1000; ++i) {
      const int first = 8 * (i % 4) + 1;
      learn(range(first, first + 7), seconds(ttl));
      ASSERT_EQ(count_withdrawn(range(1, 32)), 0u) << "TTL " << ttl << ", answer " << i;
    }
    EXPECT_EQ(dialled().size(), 32u);
  }
}

TEST_F(AddressSetTest, F047_eight_of_32_at_random_withdraw_next_to_nothing) {
  auto all = range(1, 32);
  std::size_t withdrawals = 0;
  std::size_t before = 0;
  for (int i = 0; i < 1000; ++i) {
    std::shuffle(all.begin(), all.end(), random_);
    learn({all.begin(), all.begin() + 8}, seconds(60));
    const auto after = count_withdrawn(all);
    if (after > before) withdrawals += after - before;
    before = after;
  }
  EXPECT_LE(withdrawals, 3u);  // in 16 hours; without hysteresis it would be 6,000
}

TEST_F(AddressSetTest, F047_what_leaves_a_rotating_name_is_noticed) {
  auto all = range(1, 32);
  const auto next = [&] {
    std::shuffle(all.begin(), all.end(), random_);
    return Texts{all.begin(), all.begin() + 8};
  };
  for (int i = 0; i < 100; ++i) learn(next(), seconds(60));
  all.erase(std::find(all.begin(), all.end(), "192.0.2.7"));
  const auto needed = answers_until_withdrawn("192.0.2.7", next, seconds(60));
  EXPECT_LE(needed, 32);
  EXPECT_GE(needed, 3);
}

/// One of two at random (weighted records): the same answer three times over is no sign of change.
TEST_F(AddressSetTest, F047_one_of_two_is_a_rotation_once_both_have_come_back) {
  learn(range(1, 1), seconds(60));
  learn(range(2, 2), seconds(60));
  learn(range(1, 1), seconds(60));
  for (int i = 0; i < 300; ++i) {
    const int n = i / 5 % 2 + 1;  // five times the one, then five times the other
    learn(range(n, n), seconds(60));
    ASSERT_EQ(count_withdrawn(range(1, 2)), 0u) << i;
  }
  const auto needed = answers_until_withdrawn(
      "192.0.2.1", [] { return range(2, 2); }, seconds(60));
  EXPECT_LE(needed, 16);
}

TEST_F(AddressSetTest, F047_pods_that_are_replaced_one_by_one_go_once_that_has_ended) {
  learn(range(1, 10), seconds(5));
  for (int n = 2; n <= 10; ++n) learn(range(n, n + 9), seconds(5));
  for (int i = 0; i < 13; ++i) {
    EXPECT_FALSE(is_withdrawn("192.0.2.10")) << i;
    learn(range(11, 20), seconds(5));
  }
  EXPECT_EQ(count_withdrawn(range(1, 10)), 10u);
  EXPECT_EQ(count_withdrawn(range(11, 20)), 0u);
}

/// After its name was forgotten, or was in the hosts file before: no answer ever had the address.
TEST_F(AddressSetTest, F047_an_address_that_is_not_known_goes_when_the_answers_have_settled) {
  learn(range(1, 2), seconds(30));
  learn(range(1, 2), seconds(30));
  EXPECT_FALSE(is_withdrawn("192.0.2.9"));
  learn(range(1, 2), seconds(30));
  EXPECT_TRUE(is_withdrawn("192.0.2.9"));
  EXPECT_FALSE(is_withdrawn("2001:db8::9"));
}

TEST_F(AddressSetTest, F047_a_family_is_judged_by_its_own_answers) {
  learn(AddressFamily::v6, {"2001:db8::1"}, seconds(0));
  for (int i = 0; i < 5; ++i) learn(range(1, 1), seconds(60));  // AAAA is not answered
  EXPECT_FALSE(is_withdrawn("2001:db8::1"));
  EXPECT_THAT(dialled(), ElementsAre("[2001:db8::1]", "192.0.2.1"));
  for (int i = 0; i < 3; ++i) learn(AddressFamily::v6, {}, seconds(60));  // there is none any more
  EXPECT_TRUE(is_withdrawn("2001:db8::1"));
  EXPECT_THAT(dialled(), ElementsAre("192.0.2.1"));
}

TEST_F(AddressSetTest, F048_a_family_without_answers_is_dialled_only_while_its_last_one_is_good) {
  set_.learn({AddressFamily::v6, {at("2001:db8::1")}}, now_, now_ + seconds(90));
  set_.learn({AddressFamily::v4, {at("192.0.2.1")}}, now_, now_ + seconds(91));
  now_ += seconds(90) - Duration(1);
  EXPECT_THAT(dialled(), ElementsAre("[2001:db8::1]", "192.0.2.1"));
  now_ += Duration(1);
  EXPECT_THAT(dialled(), ElementsAre("192.0.2.1"));
}

TEST_F(AddressSetTest, the_newest_are_dialled_first_and_the_longest_absent_last) {
  learn(AddressFamily::v6, {"2001:db8::1"}, seconds(0));
  learn({"192.0.2.1"}, seconds(1));
  learn({"192.0.2.2"}, seconds(1));
  learn({"192.0.2.4", "192.0.2.3", "192.0.2.4"}, seconds(1));
  EXPECT_THAT(dialled(),
              ElementsAre("[2001:db8::1]", "192.0.2.4", "192.0.2.3", "192.0.2.2", "192.0.2.1"));
}

TEST_F(AddressSetTest, F098_holds_no_more_than_its_bound) {
  for (int n = 1; n <= 250; ++n) learn(range(n, n), seconds(1));
  EXPECT_EQ(dialled().size(), AddressSet::max_addresses);
  EXPECT_EQ(dialled().front(), "192.0.2.250");
  EXPECT_EQ(dialled().back(), "192.0.2.187");
  learn(range(1, 200), seconds(1));
  EXPECT_THAT(dialled(), ElementsAreArray(range(1, 64)));
}

}  // namespace
}  // namespace ccnproxy::dns
