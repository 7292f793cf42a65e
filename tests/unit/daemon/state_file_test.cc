// What is remembered over a restart: written whole, read with suspicion.

#include "daemon/state_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fakes/temp_dir.h"

namespace ccnproxy::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::system_clock;

pool::OriginSnapshot memory(const std::string& host, int last_used = 1'700'000'000) {
  pool::OriginSnapshot m;
  m.origin = {origin::Scheme::https, host, 443};
  m.last_used = system_clock::time_point(seconds(last_used));
  return m;
}

class StateFile : public testing::Test {
 protected:
  RememberedState read_back(const std::string& text) {
    std::ofstream(path()) << text;
    return read_state_file(path());
  }
  std::string path() const { return dir_.path() + "/state"; }
  fakes::TempDir dir_;
};

TEST_F(StateFile, what_was_written_is_read) {
  auto a = memory("a.example");
  a.protocol = origin::Protocol::http2;
  a.stream_limit = 128;
  a.peak = 50;
  a.limits.idle = milliseconds(5000);
  a.limits.unused = seconds(60);
  a.limits.age = seconds(3600);
  a.limits.requests = 1000;
  a.rtt = std::chrono::microseconds(102'345);
  a.loss = 0.0125;
  a.http1_until = system_clock::time_point(seconds(1'700'003'600));
  auto b = memory("2001:db8::1");
  b.origin.scheme = origin::Scheme::http;
  b.origin.port = 8080;
  ASSERT_EQ(write_state_file(path(), state_text({a, b})), std::nullopt);
  const auto read = read_state_file(path());
  EXPECT_EQ(read.fault, "");
  EXPECT_THAT(read.origins, testing::UnorderedElementsAre(a, b));
}

TEST_F(StateFile, F128_of_several_workers_each_may_know_that_http1_is_required) {
  auto a = memory("a.example", 100);
  a.http1_until = system_clock::time_point(seconds(300));
  const auto later = memory("a.example", 200);
  const auto read = read_back(state_text({a, later}));
  ASSERT_EQ(read.origins.size(), 1u);
  EXPECT_EQ(read.origins[0].http1_until, a.http1_until);
  EXPECT_EQ(read.origins[0].last_used, later.last_used);
}

TEST_F(StateFile, of_several_workers_the_latest_use_and_the_highest_peak_count) {
  auto a = memory("a.example", 100);
  a.peak = 9;
  auto later = memory("a.example", 200);
  later.peak = 3;
  const auto read = read_back(state_text({a, later}));
  ASSERT_EQ(read.origins.size(), 1u);
  EXPECT_EQ(read.origins[0].last_used, later.last_used);
  EXPECT_EQ(read.origins[0].peak, 9u);
}

TEST_F(StateFile, one_that_is_not_there_is_empty) {
  const auto read = read_state_file(path());
  EXPECT_EQ(read.fault, "");
  EXPECT_TRUE(read.origins.empty());
}

TEST_F(StateFile, a_state_without_origins_is_no_fault) {
  const auto read = read_back(state_text({}));
  EXPECT_EQ(read.fault, "");
  EXPECT_TRUE(read.origins.empty());
}

TEST_F(StateFile, one_that_is_broken_is_reported_and_not_used) {
  const std::string good = state_text({memory("a.example")});
  for (const std::string& text :
       {std::string("{"), std::string(""), std::string("version: 2\norigins: []"),
        std::string("version: 1\norigins: [{origin: \"ftp://x\"}]"),
        std::string("version: 1\norigins: [{origin: \"https://x\", peak: -1}]"),
        std::string("version: 1\norigins: [{origin: \"https://x\", stream_limit: 0}]"),
        std::string("version: 1\norigins: [3]"), good.substr(0, good.size() / 2),
        std::string("\0\xff\xfe", 3)}) {
    const auto read = read_back(text);
    EXPECT_NE(read.fault, "") << text;
    EXPECT_THAT(read.fault, testing::HasSubstr(path()));
    EXPECT_TRUE(read.origins.empty()) << text;
  }
}

TEST_F(StateFile, a_folder_in_its_place_is_a_fault) {
  EXPECT_NE(read_state_file(dir_.path()).fault, "");
  EXPECT_TRUE(write_state_file(dir_.path() + "/none/state", "x").has_value());
}

TEST_F(StateFile, F159_is_not_written_through_a_link_that_stands_in_its_way) {
  const auto victim = dir_.write("victim", "precious");
  const auto content = [](const std::string& file) {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  std::filesystem::create_symlink(victim, path() + ".new");
  ASSERT_EQ(write_state_file(path(), "one"), std::nullopt);
  EXPECT_EQ(content(victim), "precious");
  EXPECT_EQ(content(path()), "one");
  EXPECT_FALSE(std::filesystem::is_symlink(path()));
  std::filesystem::remove(path());
  std::filesystem::create_symlink(victim, path());
  std::filesystem::create_hard_link(victim, path() + ".new");
  ASSERT_EQ(write_state_file(path(), "two"), std::nullopt);
  EXPECT_EQ(content(victim), "precious");
  EXPECT_EQ(content(path()), "two");
}

TEST_F(StateFile, F152_a_file_that_is_too_large_is_not_read) {
  ASSERT_EQ(write_state_file(path(), state_text({memory("a.test")})), std::nullopt);
  ASSERT_EQ(read_state_file(path()).origins.size(), 1U);
  ASSERT_EQ(::truncate(path().c_str(), 17 * 1024 * 1024), 0);
  const auto read = read_state_file(path());
  EXPECT_TRUE(read.origins.empty());
  EXPECT_NE(read.fault, "");
}

TEST_F(StateFile, what_was_there_stays_if_it_can_not_be_replaced) {
  ASSERT_EQ(write_state_file(path(), "one"), std::nullopt);
  ASSERT_EQ(::mkdir((path() + ".new").c_str(), 0700), 0);
  EXPECT_TRUE(write_state_file(path(), "two").has_value());
  std::ifstream file(path());
  std::string text;
  std::getline(file, text);
  EXPECT_EQ(text, "one");
}

}  // namespace
}  // namespace ccnproxy::daemon
