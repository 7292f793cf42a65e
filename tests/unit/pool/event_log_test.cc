#include "ccnproxy/pool/event_log.h"

#include <gtest/gtest.h>

namespace ccnproxy::pool {
namespace {

TEST(EventLog, F152_keeps_the_latest_and_no_more) {
  EventLog log;
  for (int i = 0; i < 100; ++i) log.note(TimePoint(), std::to_string(i));
  std::vector<std::string> texts;
  log.for_each([&](const auto& entry) { texts.push_back(entry.text); });
  ASSERT_EQ(texts.size(), EventLog::kept);
  EXPECT_EQ(texts.front(), "84");
  EXPECT_EQ(texts.back(), "99");
}

}  // namespace
}  // namespace ccnproxy::pool
