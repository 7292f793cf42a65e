#include "daemon/client_counts.h"

#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

Endpoint at(const char* text) { return Endpoint::parse(text).value(); }

TEST(ClientCounts, F094_an_address_has_so_many_and_no_more_whatever_its_ports) {
  ClientCounts counts;
  EXPECT_TRUE(counts.take(at("192.0.2.1:1000"), 2));
  EXPECT_TRUE(counts.take(at("192.0.2.1:1001"), 2));
  EXPECT_FALSE(counts.take(at("192.0.2.1:1002"), 2));
  EXPECT_TRUE(counts.take(at("192.0.2.2:1000"), 2));
  EXPECT_TRUE(counts.take(at("[2001:db8::1]:1000"), 2));
  counts.give_back(at("192.0.2.1:1001"));
  EXPECT_TRUE(counts.take(at("192.0.2.1:1003"), 2));
}

TEST(ClientCounts, F089_a_mapped_address_is_the_one_it_stands_for) {
  ClientCounts counts;
  EXPECT_TRUE(counts.take(at("[::ffff:192.0.2.1]:1000"), 1));
  EXPECT_FALSE(counts.take(at("192.0.2.1:1001"), 1));
  counts.give_back(at("192.0.2.1:1000"));
  EXPECT_TRUE(counts.take(at("192.0.2.1:1001"), 1));
}

TEST(ClientCounts, one_that_was_counted_elsewhere_counts_beyond_the_limit_too) {
  ClientCounts counts;
  EXPECT_TRUE(counts.take(at("192.0.2.1:1000"), 1));
  counts.add(at("192.0.2.1:1001"));
  counts.give_back(at("192.0.2.1:1000"));
  EXPECT_FALSE(counts.take(at("192.0.2.1:1002"), 1));
  counts.give_back(at("192.0.2.1:1001"));
  EXPECT_TRUE(counts.take(at("192.0.2.1:1002"), 1));
}

TEST(ClientCounts, what_was_never_taken_is_given_back_for_nothing) {
  ClientCounts counts;
  counts.give_back(at("192.0.2.1:1000"));
  EXPECT_TRUE(counts.take(at("192.0.2.1:1000"), 1));
  EXPECT_FALSE(counts.take(at("192.0.2.1:1000"), 1));
}

TEST(ClientCounts, F098_an_address_is_forgotten_with_its_last_client) {
  ClientCounts counts;
  for (int i = 0; i < 1000; ++i) {
    const auto address = at(("192.0.2." + std::to_string(i % 250) + ":1000").c_str());
    ASSERT_TRUE(counts.take(address, 2));
    ASSERT_TRUE(counts.take(address, 2));
    EXPECT_FALSE(counts.take(address, 2));
    EXPECT_EQ(counts.addresses(), 1u) << "as many as are connected";
    counts.give_back(address);
    EXPECT_EQ(counts.addresses(), 1u);
    counts.give_back(address);
    EXPECT_EQ(counts.addresses(), 0u);
  }
}

}  // namespace
}  // namespace ccnproxy::daemon
