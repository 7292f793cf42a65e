#include "ccnproxy/daemon/roll_call.h"

#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

using Members = std::vector<std::size_t>;

TEST(RollCall, nobody_owes_an_answer_that_was_not_asked) {
  const RollCall roll(2);
  EXPECT_EQ(roll.silent(), Members{});
}

TEST(RollCall, who_is_asked_is_silent_until_it_answers) {
  RollCall roll(3);
  for (std::size_t i = 0; i < roll.size(); ++i) EXPECT_TRUE(roll.ask(i));
  EXPECT_EQ(roll.silent(), (Members{0, 1, 2}));
  roll.answer(1);
  EXPECT_EQ(roll.silent(), (Members{0, 2}));
}

TEST(RollCall, who_owes_an_answer_is_not_asked_again) {
  RollCall roll(1);
  EXPECT_TRUE(roll.ask(0));
  EXPECT_FALSE(roll.ask(0));
  roll.answer(0);  // late, but alive
  EXPECT_EQ(roll.silent(), Members{});
  EXPECT_TRUE(roll.ask(0));
}

}  // namespace
}  // namespace ccnproxy::daemon
