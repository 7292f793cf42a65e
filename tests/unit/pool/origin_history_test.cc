#include "ccnproxy/pool/origin_history.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint start{std::chrono::hours(1)};

origin::Origin origin_of(int number) {
  return *origin::Origin::parse("https://o" + std::to_string(number));
}

OriginHistory::Record record_of(std::uint64_t requests, TimePoint at) {
  OriginHistory::Record record;
  if (requests > 0) record.metrics.requests[504] = requests;
  record.outcomes.count(504, nullptr, at);
  return record;
}

TEST(OriginHistory, gives_back_what_was_counted) {
  OriginHistory history;
  history.put(origin_of(1), record_of(7, start), start);
  EXPECT_FALSE(history.take(origin_of(2)));
  const auto record = history.take(origin_of(1));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->metrics.requests.at(504), 7U);
  EXPECT_EQ(record->outcomes.at(start).in_a_row, 1U);
  EXPECT_FALSE(history.take(origin_of(1)));
  EXPECT_TRUE(history.report(start).empty());
  EXPECT_TRUE(history.forgotten().requests.empty()) << "its pool counts it again";
}

TEST(OriginHistory, tells_of_an_origin_for_an_hour) {
  OriginHistory history;
  history.put(origin_of(1), record_of(7, start), start);
  const auto told = history.report(start + 1h);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].origin, "https://o1");
  EXPECT_EQ(told[0].outcomes.last_failure->ago, 1h);
  EXPECT_TRUE(history.report(start + 1h + 1s).empty());
  EXPECT_EQ(history.forgotten().requests.at(504), 7U);
}

TEST(OriginHistory, F098_the_number_of_names_is_bounded) {
  OriginHistory history;
  const auto most = static_cast<int>(OriginHistory::most);
  for (int n = 0; n < 2 * most; ++n) history.put(origin_of(n), record_of(1, start), start + n * 1s);
  const auto told = history.report(start + 2 * most * 1s);
  EXPECT_EQ(told.size(), OriginHistory::most);
  EXPECT_TRUE(std::ranges::none_of(told, [](auto& one) { return one.origin == "https://o0"; }))
      << "those that went first";
  EXPECT_EQ(history.forgotten().requests.at(504), OriginHistory::most);
}

TEST(OriginHistory, a_name_without_a_request_takes_no_place) {
  OriginHistory history;
  auto record = record_of(0, start);
  record.metrics.failed_dials = 3;
  history.put(origin_of(1), std::move(record), start);
  EXPECT_TRUE(history.report(start).empty());
  EXPECT_EQ(history.forgotten().failed_dials, 3U);
}

}  // namespace
}  // namespace ccnproxy::pool
