#include "options.h"

#include <vector>

#include <gtest/gtest.h>

namespace ccnproxy::wan {
namespace {

std::optional<Options> parse(const std::vector<const char*>& arguments) {
  return parse_options(arguments);
}

TEST(WanOptions, defaults_are_a_plain_link_of_100_ms) {
  const auto options = parse({});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->namespace_a, "wan-a");
  EXPECT_EQ(options->link.delay, std::chrono::milliseconds(50));
  EXPECT_EQ(options->link.loss_percent, 0);
}

TEST(WanOptions, reads_every_option) {
  const auto options = parse({"--ns-a",     "",        "--ns-b",      "far", "--dev",        "x",
                              "--dev-a",    "y",       "--delay-ms",  "0.5", "--jitter-ms",  "2",
                              "--loss-pct", "1.5",     "--rate-mbit", "100", "--queue-kib",  "64",
                              "--reorder",  "--no-rt", "--seed",      "9",   "--loss-burst", "3"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->namespace_a, "");
  EXPECT_EQ(options->namespace_b, "far");
  EXPECT_EQ(options->device_a, "y");
  EXPECT_EQ(options->device_b, "x");
  EXPECT_EQ(options->link.delay, std::chrono::microseconds(500));
  EXPECT_EQ(options->link.jitter, std::chrono::milliseconds(2));
  EXPECT_EQ(options->link.loss_percent, 1.5);
  EXPECT_EQ(options->link.rate_mbit, 100);
  EXPECT_EQ(options->link.queue_bytes, 65536u);
  EXPECT_TRUE(options->link.reorder);
  EXPECT_FALSE(options->realtime);
  EXPECT_EQ(options->seed, 9u);
  EXPECT_EQ(options->link.loss_burst, 3);
}

TEST(WanOptions, refuses_what_it_does_not_understand) {
  EXPECT_FALSE(parse({"--latency", "5"}));
  EXPECT_FALSE(parse({"--delay-ms"}));
  EXPECT_FALSE(parse({"--delay-ms", "5ms"}));
  EXPECT_FALSE(parse({"--delay-ms", "-1"}));
  EXPECT_FALSE(parse({"--loss-pct", "101"}));
  EXPECT_FALSE(parse({"--loss-pct", "nan"}));
  EXPECT_FALSE(parse({"--loss-burst", "0.5"}));
  EXPECT_FALSE(parse({"--seed", ""}));
  EXPECT_FALSE(parse({"--dev", ""}));
}

}  // namespace
}  // namespace ccnproxy::wan
