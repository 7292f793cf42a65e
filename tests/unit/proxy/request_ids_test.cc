#include "ccnproxy/proxy/request_ids.h"

#include <unordered_set>

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

TEST(RequestIds, are_24_hex_digits_written_over_what_was_there) {
  RequestIds ids;
  std::string id = "something much longer than a request id";
  ids.next(id);
  EXPECT_EQ(id.size(), 24u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), id.npos) << id;
}

TEST(RequestIds, do_not_repeat) {
  RequestIds ids;
  std::unordered_set<std::string> seen;
  std::string id;
  for (int i = 0; i < 100'000; ++i) {
    ids.next(id);
    ASSERT_TRUE(seen.insert(id).second) << id;
  }
}

TEST(RequestIds, of_two_workers_do_not_meet) {
  RequestIds a;
  RequestIds b;
  std::unordered_set<std::string> seen;
  std::string id;
  for (int i = 0; i < 1000; ++i) {
    a.next(id);
    EXPECT_TRUE(seen.insert(id).second);
    b.next(id);
    EXPECT_TRUE(seen.insert(id).second);
  }
}

TEST(RequestIds, one_after_the_other_have_little_in_common) {
  RequestIds ids;
  std::string before;
  std::string id;
  ids.next(before);
  int same = 0;
  for (int i = 0; i < 1000; ++i, before = id) {
    ids.next(id);
    for (std::size_t k = 0; k < 16; ++k) same += id[k] == before[k];
  }
  EXPECT_LT(same, 2000) << "a sixteenth of 16000 digits, and then some";
}

TEST(RequestIds, random_numbers_reach_all_eighths_of_their_range) {
  RequestIds ids;
  std::unordered_set<std::uint32_t> eighths;
  for (int i = 0; i < 1000; ++i) eighths.insert(ids.random() >> 29);
  EXPECT_EQ(eighths.size(), 8u);
}

}  // namespace
}  // namespace ccnproxy::proxy
