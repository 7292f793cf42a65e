#include "daemon/watchdog.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/null_sink.h>

namespace ccnproxy::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class WatchdogTest : public ::testing::Test {
 protected:
  /// Runs until the manager has heard so many messages in all.
  void run_until(std::size_t messages) {
    while (told_.size() < messages && io_.run_one_for(10s) > 0) {
    }
    ASSERT_GE(told_.size(), messages);
  }

  boost::asio::io_context io_;
  spdlog::logger log_{"test", std::make_shared<spdlog::sinks::null_sink_mt>()};
  std::map<std::size_t, std::size_t> asked_;
  std::map<std::size_t, std::function<void()>> kept_;
  std::size_t hangs_ = 99;
  std::vector<std::string> told_;
  Watchdog watchdog_{io_,
                     3,
                     [this](std::size_t member, std::function<void()> answer) {
                       ++asked_[member];
                       if (member == hangs_) {
                         kept_[member] = std::move(answer);
                       } else {
                         answer();
                       }
                     },
                     [this](const std::string& message) { told_.push_back(message); },
                     [] { return std::string("well"); },
                     log_};
};

TEST_F(WatchdogTest, pings_while_everybody_answers) {
  watchdog_.begin(2ms);
  run_until(3);
  for (const auto& message : told_) EXPECT_EQ(message, "WATCHDOG=1\nSTATUS=well");
  EXPECT_GE(asked_[2], 3U);
}

TEST_F(WatchdogTest, who_does_not_answer_stops_the_pings_and_is_named) {
  hangs_ = 1;
  watchdog_.begin(2ms);
  run_until(3);
  for (const auto& message : told_) {
    EXPECT_THAT(message, Not(HasSubstr("WATCHDOG")));
    EXPECT_THAT(message, StartsWith("STATUS=worker 1 "));
  }
  EXPECT_EQ(asked_[1], 1U);
}

TEST_F(WatchdogTest, who_answers_late_is_alive_again) {
  hangs_ = 1;
  watchdog_.begin(2ms);
  run_until(2);
  hangs_ = 99;
  kept_[1]();
  io_.poll_one();
  const auto before = told_.size();
  run_until(before + 2);
  EXPECT_EQ(told_.back(), "WATCHDOG=1\nSTATUS=well");
}

TEST_F(WatchdogTest, while_draining_it_pings_without_asking) {
  hangs_ = 0;
  watchdog_.begin(2ms);
  watchdog_.stop_asking();
  run_until(2);
  EXPECT_EQ(told_.back(), "WATCHDOG=1\nSTATUS=well");
  EXPECT_EQ(asked_[1], 1U);
}

TEST_F(WatchdogTest, ends) {
  watchdog_.begin(2ms);
  run_until(1);
  watchdog_.end();
  const auto before = told_.size();
  io_.run_for(10s);  // returns because nothing is left to wait for
  EXPECT_TRUE(io_.stopped());
  EXPECT_EQ(told_.size(), before);
}

}  // namespace
}  // namespace ccnproxy::daemon
