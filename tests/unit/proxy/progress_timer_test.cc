// What a request in flight waits for, and for how long.

#include "ccnproxy/proxy/progress_timer.h"

#include <gtest/gtest.h>

#include "unit/support/manual_clock.h"

namespace ccnproxy::proxy {
namespace {

using namespace std::chrono_literals;
using Owed = ProgressTimer::Owed;

class ProgressTimerTest : public testing::Test {
 protected:
  ProgressTimerTest() {
    config::Timeouts timeouts;
    timeouts.body_idle = 10s;
    timeouts.response_head = 60s;
    timer_.set_limits(timeouts, 0);
  }
  /// Whether it is due within this time.
  bool due_in(Duration time) {
    due_ = false;
    clock_.advance(time);
    wheel_.advance();
    return due_;
  }
  void on_due() { due_ = true; }

  ManualClock clock_;
  TimerWheel wheel_{clock_};
  ProgressTimer timer_{wheel_, Delegate<void()>::to<&ProgressTimerTest::on_due>(this)};
  bool due_ = false;
};

TEST_F(ProgressTimerTest, each_thing_has_its_time) {
  const struct {
    Owed owed;
    Duration patience;
    std::string_view text;
  } table[] = {
      {Owed::request_body, 10s, "the request's body stood still for 10 s"},
      {Owed::progress, 10s, "no progress within 10 s"},
      {Owed::response_head, 60s, "no response head within 60 s"},
      {Owed::statistics, 5s, "the workers do not tell"},
  };
  for (const auto& row : table) {
    timer_.watch(row.owed);
    EXPECT_FALSE(due_in(row.patience - 1s)) << row.text;
    EXPECT_TRUE(due_in(1s + TimerWheel::tick)) << row.text;
    EXPECT_TRUE(timer_.is_late());
    EXPECT_EQ(timer_.text().substr(0, row.text.size()), row.text);
  }
  timer_.stop();
  EXPECT_FALSE(due_in(1h));
}

TEST_F(ProgressTimerTest, progress_is_waited_for_anew) {
  timer_.watch(Owed::progress);
  EXPECT_FALSE(due_in(9s));
  EXPECT_EQ(timer_.stands_still_for(), 9s);
  timer_.watch(Owed::progress);
  EXPECT_FALSE(due_in(9s));
}

TEST_F(ProgressTimerTest, a_client_that_sends_is_not_late) {
  timer_.watch(Owed::request_body);
  EXPECT_FALSE(due_in(9s));
  timer_.client_sent(1);
  EXPECT_TRUE(due_in(1s + TimerWheel::tick));
  EXPECT_FALSE(timer_.is_late()) << "and is due again";
  EXPECT_TRUE(due_in(10s + TimerWheel::tick));
  EXPECT_TRUE(timer_.is_late());
}

}  // namespace
}  // namespace ccnproxy::proxy
