// For which requests HPACK's table is worth its memory.

#include "ccnproxy/http2/table_use.h"

#include <gtest/gtest.h>

namespace ccnproxy::http2 {
namespace {

constexpr TimePoint begin{std::chrono::hours(1)};
constexpr Duration moment = std::chrono::milliseconds(1);

TEST(TableUse, not_for_requests_that_come_alone_now_and_then) {
  TableUse use;
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(use.on_request(begin + i * TableUse::often, 0)) << i;
}

TEST(TableUse, not_for_the_first_however_short_the_clock_has_run) {
  TableUse use;
  EXPECT_FALSE(use.on_request(TimePoint{}, 0));
}

TEST(TableUse, for_those_that_come_soon_after_another_and_all_from_then_on) {
  TableUse use;
  EXPECT_FALSE(use.on_request(begin, 0));
  EXPECT_TRUE(use.on_request(begin + TableUse::often - moment, 0));
  EXPECT_TRUE(use.on_request(begin + 100 * TableUse::often, 0));
}

TEST(TableUse, for_those_beside_another_also_where_that_has_taken_long) {
  TableUse use;
  EXPECT_FALSE(use.on_request(begin, 0));
  EXPECT_TRUE(use.on_request(begin + 2 * TableUse::often, 1));
}

}  // namespace
}  // namespace ccnproxy::http2
