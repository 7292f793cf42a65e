// Values for people.

#include "ccnproxy/base/quantity_text.h"

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

using namespace std::chrono_literals;

TEST(QuantityText, times) {
  EXPECT_EQ(time_text(60s), "60 s");
  EXPECT_EQ(time_text(1h), "3600 s");
  EXPECT_EQ(time_text(1500ms), "1.5 s");
  EXPECT_EQ(time_text(300ms), "300 ms");
  EXPECT_EQ(time_text(10ms), "10 ms");
  EXPECT_EQ(time_text(400us), "0.4 ms");
  EXPECT_EQ(time_text(1us), "0 ms");
  EXPECT_EQ(time_text(Duration(0)), "0 ms");
}

TEST(QuantityText, sizes) {
  EXPECT_EQ(size_text(64 * 1024), "64 KiB");
  EXPECT_EQ(size_text(1 << 20), "1 MiB");
  EXPECT_EQ(size_text(3ULL << 30), "3 GiB");
  EXPECT_EQ(size_text(70'000), "70000 bytes");
  EXPECT_EQ(size_text(0), "0 bytes");
}

}  // namespace
}  // namespace ccnproxy
