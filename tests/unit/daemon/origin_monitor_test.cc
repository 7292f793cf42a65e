#include "daemon/origin_monitor.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>

#include "unit/admin/fake_source.h"
#include "unit/admin/reports.h"

namespace ccnproxy::daemon {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class OriginMonitorTest : public ::testing::Test {
 protected:
  OriginMonitorTest() {
    auto pool = admin::pool_of("https://a.test");
    pool.dials_failing_for = 1min;
    pool.last_failure = "https://a.test: tcp: connection refused";
    source_.report(0) = admin::worker_with(0, {pool});
  }
  /// Runs until the workers have been asked so often in all.
  void run_until_asked(std::size_t times) {
    while (source_.asked < times && io_.run_one_for(10s) > 0) {
    }
    ASSERT_GE(source_.asked, times);
  }

  boost::asio::io_context io_;
  std::ostringstream text_;
  spdlog::logger log_{"test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)};
  admin::FakeSource source_{2};
  OriginMonitor monitor_{io_, source_, log_, {1ms, 1ms, 50ms}};
};

TEST_F(OriginMonitorTest, logs_what_two_looks_have_shown) {
  monitor_.begin();
  run_until_asked(2 * 3);
  EXPECT_THAT(text_.str(), HasSubstr("[warning] origin https://a.test has been unreachable for "));
}

TEST_F(OriginMonitorTest, a_look_that_a_worker_does_not_answer_counts_for_nothing) {
  source_.held.insert(1);
  monitor_.begin();
  run_until_asked(2 * 3);
  EXPECT_EQ(text_.str(), "");
}

TEST_F(OriginMonitorTest, stops) {
  monitor_.begin();
  run_until_asked(2);
  monitor_.stop();
  io_.run();
  EXPECT_TRUE(io_.stopped());
}

TEST(OriginMonitor, looks_less_often_where_a_look_costs_much) {
  const OriginMonitor::Times times;
  EXPECT_EQ(pause_after(0ms, times), 10s);
  EXPECT_EQ(pause_after(10ms, times), 10s);
  EXPECT_EQ(pause_after(25ms, times), 25s);
  EXPECT_EQ(pause_after(1s, times), 1min);
}

}  // namespace
}  // namespace ccnproxy::daemon
