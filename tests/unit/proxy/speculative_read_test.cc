#include "ccnproxy/proxy/speculative_read.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

/// How many of `clients` are read at once, of whom each has sent something or has not.
int read_early(SpeculativeRead& decision, int clients, bool sent) {
  int tried = 0;
  for (int i = 0; i < clients; ++i) {
    if (!decision.is_due()) continue;
    ++tried;
    decision.note(sent);
  }
  return tried;
}

TEST(SpeculativeRead, everybody_is_read_at_once_where_requests_come_with_connections) {
  SpeculativeRead decision;
  EXPECT_EQ(read_early(decision, 100, true), 100);
}

TEST(SpeculativeRead, one_who_waits_changes_nothing) {
  SpeculativeRead decision;
  read_early(decision, 10, true);
  EXPECT_EQ(read_early(decision, 1, false), 1);
  EXPECT_EQ(read_early(decision, 10, true), 10);
}

TEST(SpeculativeRead, few_are_tried_where_clients_connect_ahead_of_their_requests) {
  SpeculativeRead decision;
  read_early(decision, 100, true);
  read_early(decision, 20, false);
  EXPECT_EQ(read_early(decision, 1600, false), 100);
}

TEST(SpeculativeRead, it_comes_back_when_requests_come_with_connections_again) {
  SpeculativeRead decision;
  read_early(decision, 1000, false);
  read_early(decision, 16 * 16, true);
  EXPECT_EQ(read_early(decision, 100, true), 100);
}

}  // namespace
}  // namespace ccnproxy::proxy
