#include "daemon/pid_file.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "fakes/temp_dir.h"

namespace ccnproxy::daemon {
namespace {

namespace fs = std::filesystem;

std::string content_of(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(PidFile, F159_is_not_written_through_a_link_that_stands_in_its_way) {
  const fakes::TempDir folder;
  const auto victim = folder.write("victim", "precious");
  const auto path = folder.path() + "/pid";
  for (const bool hard : {false, true}) {
    for (const auto& link : {path, path + ".new"})
      hard ? fs::create_hard_link(victim, link) : fs::create_symlink(victim, link);
    {
      const PidFile file(path);
      EXPECT_EQ(content_of(path), std::to_string(::getpid()) + '\n');
      EXPECT_FALSE(fs::is_symlink(path));
    }
    EXPECT_FALSE(fs::exists(path));
    EXPECT_EQ(content_of(victim), "precious");
  }
}

}  // namespace
}  // namespace ccnproxy::daemon
