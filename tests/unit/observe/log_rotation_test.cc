#include "ccnproxy/observe/log_rotation.h"

#include <cstdlib>
#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/observe/temp_folder.h"

namespace ccnproxy::observe {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;

/// The zone of these tests, whatever the machine's is.
class LogRotationTest : public testing::Test {
 protected:
  LogRotationTest() {
    const char* before = std::getenv("TZ");
    if (before) before_ = before;
    set_zone("XYZ-5:30");  // 5 h 30 min ahead of UTC
  }
  ~LogRotationTest() override {
    if (before_) {
      set_zone(before_->c_str());
    } else {
      ::unsetenv("TZ");
      ::tzset();
    }
  }
  static void set_zone(const char* zone) {
    ::setenv("TZ", zone, 1);
    ::tzset();
  }
  static LogRotation::Time at(int day, int hour, int minute, int second = 0) {
    std::tm local{};
    local.tm_year = 126;
    local.tm_mon = 10;
    local.tm_mday = day;
    local.tm_hour = hour;
    local.tm_min = minute;
    local.tm_sec = second;
    local.tm_isdst = -1;
    return std::chrono::system_clock::from_time_t(std::mktime(&local));
  }
  std::string target_of_link() const { return fs::read_symlink(folder_.path() / "current"); }
  void touch(const std::string& name) { std::ofstream(folder_.path() / name) << "x\n"; }
  bool exists(const std::string& name) const { return fs::exists(folder_.path() / name); }

  TempFolder folder_;
  std::optional<std::string> before_;
};

TEST_F(LogRotationTest, an_interval_begins_by_local_time) {
  const auto day = log_interval(at(22, 13, 45, 59), 24h);
  EXPECT_EQ(day.name, "access_log.202611220000");
  EXPECT_EQ(day.end, at(23, 0, 0));
  const auto part = log_interval(at(22, 13, 45, 59), 10min);
  EXPECT_EQ(part.name, "access_log.202611221340");
  EXPECT_EQ(part.end, at(22, 13, 50));
  EXPECT_EQ(log_interval(at(22, 0, 0), 24h).name, "access_log.202611220000");
}

TEST_F(LogRotationTest, each_interval_has_a_file_and_the_link_leads_to_the_newest) {
  LogRotation rotation(folder_.path(), 1h, 0);
  rotation.open(at(22, 10, 59)).write("one\n");
  EXPECT_EQ(target_of_link(), "access_log.202611221000");
  EXPECT_FALSE(rotation.is_due(at(22, 10, 59, 59)));
  ASSERT_TRUE(rotation.is_due(at(22, 11, 0)));
  rotation.open(at(22, 11, 0)).write("two\n");
  EXPECT_EQ(content_of(folder_.path() / "current"), "two\n");
  EXPECT_EQ(content_of(folder_.path() / "access_log.202611221000"), "one\n");
  EXPECT_EQ(rotation.take_trouble(), "");
}

TEST_F(LogRotationTest, the_oldest_go_and_nothing_else) {
  for (const char* name : {"access_log.202611200000", "access_log.202611210000", "access_log",
                           "access_log.20261119", "access_log.2026111900x0", "notes"})
    touch(name);
  LogRotation(folder_.path(), 24h, 2).open(at(22, 1, 0));
  EXPECT_FALSE(exists("access_log.202611200000"));
  for (const char* name : {"access_log.202611210000", "access_log.202611220000", "access_log",
                           "access_log.20261119", "access_log.2026111900x0", "notes"})
    EXPECT_TRUE(exists(name)) << name;
}

TEST_F(LogRotationTest, somebody_elses_file_of_the_links_name_stays) {
  touch("current");
  LogRotation rotation(folder_.path(), 24h, 0);
  rotation.open(at(22, 1, 0)).write("one\n");
  EXPECT_EQ(content_of(folder_.path() / "current"), "x\n");
  EXPECT_EQ(content_of(folder_.path() / "access_log.202611220000"), "one\n");
  EXPECT_THAT(rotation.take_trouble(), HasSubstr("current is not a link"));
  EXPECT_EQ(rotation.take_trouble(), "") << "told once";
}

TEST_F(LogRotationTest, without_intervals_there_is_one_file) {
  LogRotation rotation(folder_.path(), 0s, 1);
  rotation.open(at(22, 1, 0)).write("one\n");
  EXPECT_EQ(content_of(folder_.path() / "access_log"), "one\n");
  EXPECT_FALSE(rotation.is_due(at(28, 1, 0)));
  EXPECT_FALSE(exists("current"));
}

TEST_F(LogRotationTest, a_folder_that_is_gone_is_tried_again_later) {
  LogRotation rotation(folder_.path().string() + "/none", 24h, 1);
  EXPECT_THROW(rotation.open(at(22, 1, 0)), std::system_error);
  EXPECT_FALSE(rotation.is_due(at(22, 1, 0, 59)));
  EXPECT_TRUE(rotation.is_due(at(22, 1, 1)));
}

TEST(OutdatedLogs, are_the_rotated_ones_beyond_the_newest) {
  const std::vector<std::string> names = {"access_log.202611220000", "access_log.202611200000",
                                          "access_log.202611210000", "current"};
  EXPECT_THAT(outdated_logs(names, 2), ElementsAre("access_log.202611200000"));
  EXPECT_THAT(outdated_logs(names, 3), IsEmpty());
  EXPECT_THAT(outdated_logs(names, 0), IsEmpty()) << "all are kept";
}

}  // namespace
}  // namespace ccnproxy::observe
