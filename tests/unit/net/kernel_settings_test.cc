// What the kernel is set to, where it matters to us.
#include "ccnproxy/net/kernel_settings.h"

#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace ccnproxy {
namespace {

class SlowStart : public ::testing::Test {
 protected:
  ~SlowStart() override { ::unlink(path.c_str()); }
  std::optional<bool> with(const std::string& text) const {
    std::ofstream(path) << text;
    return slow_start_after_idle(path);
  }
  std::string path = ::testing::TempDir() + "slow_start." + std::to_string(::getpid());
};

TEST_F(SlowStart, F015_is_read_as_the_kernel_says_it) {
  EXPECT_EQ(with("1\n"), true);
  EXPECT_EQ(with("0\n"), false);
}

TEST_F(SlowStart, F015_is_unknown_where_the_kernel_does_not_say) {
  EXPECT_EQ(with(""), std::nullopt);
  EXPECT_EQ(slow_start_after_idle(path + ".missing"), std::nullopt);
}

}  // namespace
}  // namespace ccnproxy
