#include "daemon/pending_replies.h"

#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

using Members = std::vector<std::size_t>;

TEST(PendingReplies, nobody_owes_an_answer_that_was_not_asked) {
  const PendingReplies pending(2);
  EXPECT_EQ(pending.silent(), Members{});
}

TEST(PendingReplies, who_is_asked_is_silent_until_it_answers) {
  PendingReplies pending(3);
  for (std::size_t i = 0; i < pending.size(); ++i) EXPECT_TRUE(pending.ask(i));
  EXPECT_EQ(pending.silent(), (Members{0, 1, 2}));
  pending.answer(1);
  EXPECT_EQ(pending.silent(), (Members{0, 2}));
}

TEST(PendingReplies, who_owes_an_answer_is_not_asked_again) {
  PendingReplies pending(1);
  EXPECT_TRUE(pending.ask(0));
  EXPECT_FALSE(pending.ask(0));
  pending.answer(0);  // late, but alive
  EXPECT_EQ(pending.silent(), Members{});
  EXPECT_TRUE(pending.ask(0));
}

}  // namespace
}  // namespace ccnproxy::daemon
