#include "daemon/descriptor_limit.h"

#include <algorithm>
#include <fstream>
#include <string>

#include <dirent.h>
#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

/// Entries in the kernel's table of our descriptors.
std::size_t table_size() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("FDSize:"))
      return std::stoul(line.substr(line.find_first_of("0123456789")));
  return 0;
}

std::ptrdiff_t open_descriptors() {
  auto* folder = ::opendir("/proc/self/fd");
  std::ptrdiff_t count = 0;
  while (::readdir(folder) != nullptr) ++count;
  ::closedir(folder);
  return count;
}

TEST(DescriptorTable, F093_it_is_as_large_as_it_may_become_before_a_burst_comes) {
  const auto limit = descriptor_limit();
  const auto before = open_descriptors();
  widen_descriptor_table();
  EXPECT_GE(table_size(), limit == 0 ? 65536U : std::min<std::size_t>(limit, 65536));
  EXPECT_EQ(open_descriptors(), before) << "nothing is left open";
}

}  // namespace
}  // namespace ccnproxy::daemon
