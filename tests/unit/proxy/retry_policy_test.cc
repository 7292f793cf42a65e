// docs/retry-rules.md as a table: every proof with every kind of request.

#include "ccnproxy/proxy/retry_policy.h"

#include <string>

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

struct RetryCase {
  Proof proof;
  bool idempotent;
  bool replayable;
  bool expected;
};

class MayRetry : public testing::TestWithParam<RetryCase> {};

TEST_P(MayRetry, F056_F057_follows_the_table) {
  const auto& c = GetParam();
  EXPECT_EQ(may_retry({c.proof, c.idempotent, c.replayable, 0, 2}), c.expected);
}

TEST_P(MayRetry, F021_never_more_often_than_allowed) {
  const auto& c = GetParam();
  EXPECT_EQ(may_retry({c.proof, c.idempotent, c.replayable, 1, 2}), c.expected);
  EXPECT_FALSE(may_retry({c.proof, c.idempotent, c.replayable, 2, 2}));
  EXPECT_FALSE(may_retry({c.proof, c.idempotent, c.replayable, 3, 2}));
  EXPECT_FALSE(may_retry({c.proof, c.idempotent, c.replayable, 0, 0}));
}

TEST_P(MayRetry, F123_never_what_relies_on_its_connections_login) {
  const auto& c = GetParam();
  EXPECT_FALSE(may_retry({c.proof, c.idempotent, c.replayable, 0, 2, true}));
}

std::string name_of(const testing::TestParamInfo<RetryCase>& of) {
  const auto& c = of.param;
  return std::string(to_string(c.proof)) + (c.idempotent ? "_idempotent" : "_not_idempotent") +
         (c.replayable ? "_replayable" : "_half_eaten");
}

INSTANTIATE_TEST_SUITE_P(Table, MayRetry,
                         testing::Values(  // proof, idempotent, replayable, expected
                             RetryCase{Proof::not_sent, false, false, false},
                             RetryCase{Proof::not_sent, false, true, true},
                             RetryCase{Proof::not_sent, true, false, false},
                             RetryCase{Proof::not_sent, true, true, true},
                             RetryCase{Proof::refused, false, false, false},
                             RetryCase{Proof::refused, false, true, true},
                             RetryCase{Proof::refused, true, false, false},
                             RetryCase{Proof::refused, true, true, true},
                             RetryCase{Proof::no_byte_on_reused, false, false, false},
                             RetryCase{Proof::no_byte_on_reused, false, true, false},
                             RetryCase{Proof::no_byte_on_reused, true, false, false},
                             RetryCase{Proof::no_byte_on_reused, true, true, true},
                             RetryCase{Proof::unknown, false, false, false},
                             RetryCase{Proof::unknown, false, true, false},
                             RetryCase{Proof::unknown, true, false, false},
                             RetryCase{Proof::unknown, true, true, false},
                             RetryCase{Proof::response_started, false, false, false},
                             RetryCase{Proof::response_started, false, true, false},
                             RetryCase{Proof::response_started, true, false, false},
                             RetryCase{Proof::response_started, true, true, false}),
                         name_of);

}  // namespace
}  // namespace ccnproxy::proxy
