// Whether a worker's use of an origin is a reason to keep connections ready.

#include "ccnproxy/pool/usage.h"

#include <gtest/gtest.h>

#include "unit/support/manual_clock.h"

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;

class UsageTest : public testing::Test {
 protected:
  ManualClock clock_;
  Usage usage_{clock_.now()};
};

TEST_F(UsageTest, an_origin_is_not_used_here_before_a_request_or_a_connection) {
  EXPECT_FALSE(usage_.used_here());
  usage_.note_connection();
  EXPECT_TRUE(usage_.used_here());
}

TEST_F(UsageTest, it_is_kept_a_little_longer_than_asked_for) {
  clock_.advance(1s);
  usage_.note_request(clock_.now());
  EXPECT_EQ(usage_.kept_until(16min), clock_.now() + 17min);
  clock_.advance(1s);
  usage_.note_request_end(clock_.now());
  EXPECT_EQ(usage_.kept_until(16min), clock_.now() + 17min);
}

TEST_F(UsageTest, what_is_given_up_comes_back_with_a_request) {
  usage_.note_request(clock_.now());
  usage_.give_up();
  EXPECT_FALSE(usage_.may_keep());
  usage_.note_connection();  // of a dial that was under way
  EXPECT_FALSE(usage_.may_keep());
  usage_.note_request(clock_.now());
  EXPECT_TRUE(usage_.may_keep());
  EXPECT_TRUE(usage_.used_here());
}

TEST_F(UsageTest, what_is_to_be_kept_for_ever_is_not_given_up) {
  usage_.give_up();
  usage_.keep_for_ever();
  EXPECT_TRUE(usage_.may_keep());
  usage_.keep_as_used();
  EXPECT_FALSE(usage_.kept_for_ever());
}

TEST_F(UsageTest, nothing_is_kept_while_barred_or_draining) {
  usage_.note_request(clock_.now());
  usage_.set_barred(true);
  EXPECT_FALSE(usage_.may_keep());
  usage_.set_barred(false);
  EXPECT_TRUE(usage_.may_keep());
  usage_.drain();
  EXPECT_FALSE(usage_.may_keep());
}

TEST_F(UsageTest, a_former_process_has_used_it_here) {
  usage_.recall(clock_.now() - 1min);
  EXPECT_TRUE(usage_.used_here());
  EXPECT_EQ(usage_.last_used(), clock_.now() - 1min);
}

}  // namespace
}  // namespace ccnproxy::pool
