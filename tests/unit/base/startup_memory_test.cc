#include "ccnproxy/base/startup_memory.h"

#include <cstdint>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

/// Pages of files that this process has mapped and touched, KiB.
std::int64_t resident_file_pages() {
  std::ifstream status("/proc/self/status");
  std::string key;
  while (status >> key) {
    std::int64_t size = 0;
    if (key == "RssFile:" && status >> size) return size;
  }
  return -1;
}

TEST(StartupMemory, what_was_run_leaves_memory_and_comes_back) {
  const auto before = resident_file_pages();
  ASSERT_GT(before, 0);
  EXPECT_GT(release_startup_memory(), 0U);
  EXPECT_LT(resident_file_pages(), before);
}

}  // namespace
}  // namespace ccnproxy
