// How many handshakes an origin may ask for.

#include "ccnproxy/tls/handshake_limit.h"

#include <gtest/gtest.h>

namespace ccnproxy::tls {
namespace {

TEST(HandshakeLimit, F129_a_burst_then_as_many_as_time_brings) {
  HandshakeLimit limit;
  TimePoint now(std::chrono::hours(1));
  for (int i = 0; i < HandshakeLimit::burst; ++i) EXPECT_TRUE(limit.admit(now)) << i;
  EXPECT_FALSE(limit.admit(now));
  now += HandshakeLimit::each - Duration(1);
  EXPECT_FALSE(limit.admit(now));
  now += Duration(1);
  EXPECT_TRUE(limit.admit(now));
  EXPECT_FALSE(limit.admit(now));
  now += std::chrono::hours(1);
  for (int i = 0; i < HandshakeLimit::burst; ++i) EXPECT_TRUE(limit.admit(now)) << i;
  EXPECT_FALSE(limit.admit(now));
}

TEST(HandshakeLimit, F129_an_origin_that_asks_now_and_then_is_never_refused) {
  HandshakeLimit limit;
  TimePoint now{};
  for (int i = 0; i < 10'000; ++i, now += HandshakeLimit::each) EXPECT_TRUE(limit.admit(now));
}

}  // namespace
}  // namespace ccnproxy::tls
