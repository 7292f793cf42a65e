#include "ccnproxy/admin/http_stats.h"

#include <gtest/gtest.h>

#include "reports.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;

TEST(HttpStats, has_chocons_keys_before_anything_happened) {
  EXPECT_EQ(HttpStats().render({}),
            "{\"request\":{\"count\":0,\"status_count\":{\"200\":0,\"400\":0,\"401\":0,\"403\":0,"
            "\"404\":0,\"500\":0,\"501\":0,\"502\":0,\"503\":0,\"504\":0}},"
            "\"response\":{\"max_time\":0,\"min_time\":0,\"average_time\":0,"
            "\"percentiled_time\":{\"90\":0,\"95\":0,\"99\":0}}}\n");
}

TEST(HttpStats, sums_all_workers_and_tells_seconds) {
  auto one = worker_with(0, {pool_of("https://a.test", 2), pool_of("https://b.test", 1)});
  one.forgotten.requests[204] = 1;
  one.recent.add(250ms);
  auto two = worker_with(1, {});
  two.totals.requests_without_origin[503] = 4;
  two.recent.add(750ms);
  const auto text = HttpStats().render(reports_of({one, two}));
  for (const std::string part :
       {"\"count\":8,", "\"200\":3,\"204\":1,", "\"503\":4,", "\"max_time\":0.75,",
        "\"min_time\":0.25,", "\"average_time\":0.5,"})
    EXPECT_NE(text.find(part), text.npos) << part << text;
}

TEST(HttpStats, a_worker_that_is_silent_counts_as_it_said_last) {
  HttpStats stats;
  stats.render(reports_of({worker_with(0, {pool_of("https://a.test", 5)})}));
  const auto text = stats.render(reports_of({}, {0}));
  EXPECT_NE(text.find("\"count\":5,"), text.npos) << text;
}

}  // namespace
}  // namespace ccnproxy::admin
