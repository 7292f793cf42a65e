#include "ccnproxy/proxy/request_body.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

class RequestBodyTest : public testing::Test {
 protected:
  RequestBodyTest() { body_.reset(10); }
  RequestBody body_;
};

TEST_F(RequestBodyTest, one_that_never_came_can_be_given_again) {
  EXPECT_EQ(body_.unsent(), "");
  EXPECT_TRUE(body_.replayable());
  EXPECT_TRUE(body_.nothing_sent());
  EXPECT_FALSE(body_.is_complete());
  body_.complete();
  EXPECT_TRUE(body_.is_complete());
}

TEST_F(RequestBodyTest, gives_what_was_not_taken_yet) {
  body_.append("abc");
  body_.append("def");
  EXPECT_EQ(body_.unsent(), "abcdef");
  body_.sent(2);
  EXPECT_EQ(body_.unsent(), "cdef");
  EXPECT_EQ(body_.received(), 6u);
  EXPECT_FALSE(body_.nothing_sent());
}

TEST_F(RequestBodyTest, F057_up_to_the_limit_all_is_given_again) {
  body_.append("0123456789");
  body_.sent(10);
  EXPECT_TRUE(body_.replayable());
  EXPECT_EQ(body_.unsent(), "");
  body_.rewind();
  EXPECT_EQ(body_.unsent(), "0123456789");
}

TEST_F(RequestBodyTest, F057_one_byte_over_the_limit_nothing_is_given_again) {
  body_.append("0123456789");
  body_.sent(10);
  body_.append("x");
  EXPECT_FALSE(body_.replayable());
  EXPECT_FALSE(body_.nothing_sent());
  EXPECT_EQ(body_.unsent(), "x");
}

TEST_F(RequestBodyTest, F057_a_large_body_of_which_nothing_was_taken_is_given_again) {
  const std::string large(1000, 'x');
  body_.append(large);
  EXPECT_FALSE(body_.replayable());
  EXPECT_TRUE(body_.nothing_sent());
  body_.rewind();
  EXPECT_EQ(body_.unsent(), large);
  body_.sent(1);
  EXPECT_FALSE(body_.nothing_sent());
}

TEST_F(RequestBodyTest, F057_without_replay_only_an_empty_or_untouched_body_is_given_again) {
  body_.reset(0);
  EXPECT_TRUE(body_.replayable());
  body_.append("a");
  EXPECT_FALSE(body_.replayable());
  EXPECT_TRUE(body_.nothing_sent());
  body_.sent(1);
  EXPECT_FALSE(body_.nothing_sent());
}

TEST_F(RequestBodyTest, F092_holds_no_byte_that_is_sent_and_can_not_be_replayed) {
  body_.append(std::string(11, 'x'));
  body_.sent(11);
  EXPECT_EQ(body_.unsent().data(), nullptr) << "the memory is given back";
}

TEST_F(RequestBodyTest, bytes_may_pass_by_only_beyond_the_limit_and_behind_nothing) {
  EXPECT_FALSE(body_.may_pass(10)) << "could still be replayed";
  EXPECT_TRUE(body_.may_pass(11));
  body_.append("0123456789");
  EXPECT_FALSE(body_.may_pass(1)) << "would overtake what is unsent";
  body_.sent(9);
  EXPECT_FALSE(body_.may_pass(1));
  body_.sent(1);
  EXPECT_TRUE(body_.may_pass(1));
}

TEST_F(RequestBodyTest, bytes_that_passed_by_count_as_received_and_as_sent) {
  ASSERT_TRUE(body_.may_pass(100));
  body_.pass(100);
  EXPECT_EQ(body_.received(), 100u);
  EXPECT_FALSE(body_.replayable());
  EXPECT_FALSE(body_.nothing_sent());
  EXPECT_EQ(body_.unsent(), "");
}

TEST_F(RequestBodyTest, what_a_connection_left_of_passing_bytes_is_held) {
  ASSERT_TRUE(body_.may_pass(100));
  body_.pass(4);
  body_.append(std::string(96, 'r'));
  EXPECT_EQ(body_.received(), 100u);
  EXPECT_EQ(body_.unsent(), std::string(96, 'r'));
  EXPECT_FALSE(body_.replayable());
  EXPECT_FALSE(body_.nothing_sent());
}

TEST_F(RequestBodyTest, is_as_new_after_reset) {
  body_.append("0123456789abc");
  body_.sent(5);
  body_.complete();
  body_.reset(10);
  EXPECT_EQ(body_.unsent(), "");
  EXPECT_EQ(body_.received(), 0u);
  EXPECT_TRUE(body_.replayable());
  EXPECT_TRUE(body_.nothing_sent());
  EXPECT_FALSE(body_.is_complete());
}

TEST_F(RequestBodyTest, releases_its_bytes_and_keeps_the_count) {
  body_.append("0123");
  body_.sent(2);
  body_.release();
  EXPECT_EQ(body_.unsent(), "");
  EXPECT_EQ(body_.received(), 4u);
}

class RequestBodyRandom : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RequestBodyRandom, F057_whatever_is_retried_gets_the_whole_body_in_order) {
  std::mt19937 random(GetParam());
  for (int round = 0; round < 300; ++round) {
    RequestBody body;
    body.reset(random() % 200);
    std::string whole;
    std::string got;  // by the attempt in hand
    for (int i = 0; i < 30; ++i) {
      switch (random() % 4) {
        case 0:
        case 1: {
          std::string more(random() % 40, '\0');
          for (auto& c : more) c = static_cast<char>('a' + random() % 26);
          whole += more;
          std::string_view rest = more;
          if (body.may_pass(more.size())) {
            const auto taken = more.empty() ? 0 : random() % (more.size() + 1);
            body.pass(taken);
            got.append(rest.substr(0, taken));
            rest.remove_prefix(taken);
          }
          if (!rest.empty()) body.append(rest);
          break;
        }
        case 2: {
          const auto n = body.unsent().empty() ? 0 : random() % (body.unsent().size() + 1);
          got.append(body.unsent().substr(0, n));
          body.sent(n);
          break;
        }
        default:
          if (!body.replayable() && !body.nothing_sent()) break;
          body.rewind();
          got.clear();
      }
      ASSERT_EQ(got + std::string(body.unsent()), whole);
      ASSERT_EQ(body.received(), whole.size());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RequestBodyRandom, testing::Range(1u, 9u));

}  // namespace
}  // namespace ccnproxy::proxy
