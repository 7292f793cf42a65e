#include "ccnproxy/http/keep_alive.h"

#include <gtest/gtest.h>

namespace ccnproxy::http {
namespace {

using std::chrono::seconds;

TEST(KeepAliveField, F004_timeout_and_max) {
  const auto both = parse_keep_alive("timeout=5, max=100");
  EXPECT_EQ(both.timeout, seconds(5));
  EXPECT_EQ(both.max, 100u);
  EXPECT_EQ(parse_keep_alive("MAX=3").max, 3u);
  EXPECT_EQ(parse_keep_alive("Timeout=0").timeout, seconds(0));
}

TEST(KeepAliveField, F004_what_can_not_be_read_was_not_said) {
  for (const char* value : {"", "timeout", "timeout=", "timeout=-1", "timeout=1.5", "timeout=5s",
                            "timeout=99999999999999999999", "timeout=\"5\"", "x=5", ",,=,"}) {
    const auto said = parse_keep_alive(value);
    EXPECT_FALSE(said.timeout) << value;
    EXPECT_FALSE(said.max) << value;
  }
}

}  // namespace
}  // namespace ccnproxy::http
