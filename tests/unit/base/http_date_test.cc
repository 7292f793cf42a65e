#include "ccnproxy/base/http_date.h"

#include <string>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::sys_days;
using std::chrono::system_clock;
using namespace std::chrono_literals;

system_clock::time_point wall_now;
int times_read = 0;

system_clock::time_point read_wall_clock() noexcept {
  ++times_read;
  return wall_now;
}

std::string format(system_clock::time_point time) {
  wall_now = time;
  HttpDate date(read_wall_clock);
  return std::string(date.at(TimePoint(1s)));
}

TEST(HttpDate, F133_is_an_imf_fixdate) {
  using std::chrono::year;
  EXPECT_EQ(format(sys_days(year(1994) / 11 / 6) + 8h + 49min + 37s),
            "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(format(sys_days(year(1970) / 1 / 1)), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(format(sys_days(year(2024) / 2 / 29) + 23h + 59min + 59s + 999ms),
            "Thu, 29 Feb 2024 23:59:59 GMT");
  EXPECT_EQ(format(sys_days(year(2026) / 12 / 31) + 12h), "Thu, 31 Dec 2026 12:00:00 GMT");
}

TEST(HttpDate, F133_reads_the_wall_clock_once_a_second_and_in_its_seconds) {
  using std::chrono::year;
  const auto day = sys_days(year(2026) / 11 / 29);
  const TimePoint start(1h);
  wall_now = day + 400ms;
  times_read = 0;
  HttpDate date(read_wall_clock);
  EXPECT_EQ(date.at(start), "Sun, 29 Nov 2026 00:00:00 GMT");
  for (int ms = 0; ms < 600; ms += 7) date.at(start + milliseconds(ms));
  EXPECT_EQ(times_read, 1);
  wall_now = day + 1s;
  EXPECT_EQ(date.at(start + 600ms), "Sun, 29 Nov 2026 00:00:01 GMT");
  EXPECT_EQ(times_read, 2);
  wall_now = day - 1h;  // it was set back
  EXPECT_EQ(date.at(start + 1600ms), "Sat, 28 Nov 2026 23:00:00 GMT");
}

}  // namespace
}  // namespace ccnproxy
