#include "ccnproxy/daemon/client_capacity.h"

#include <gtest/gtest.h>

namespace ccnproxy::daemon {
namespace {

TEST(ClientCapacity, F093_leaves_descriptors_for_origins_and_for_the_process) {
  EXPECT_EQ(client_capacity(65536, 256, 2), 144U);
  EXPECT_EQ(client_capacity(65536, 1024, 2), 720U);
  EXPECT_EQ(client_capacity(65536, 1024, 16), 552U);
  EXPECT_EQ(client_capacity(65536, 20000, 2), 14952U);
}

TEST(ClientCapacity, is_what_is_wanted_where_there_are_enough) {
  EXPECT_EQ(client_capacity(65536, 1 << 20, 8), 65536U);
  EXPECT_EQ(client_capacity(100, 1024, 2), 100U);
  EXPECT_EQ(client_capacity(65536, 0, 2), 65536U);
}

TEST(ClientCapacity, is_never_none) {
  EXPECT_EQ(client_capacity(65536, 10, 2), 1U);
  EXPECT_EQ(client_capacity(65536, 1024, 1000), 1U);
}

}  // namespace
}  // namespace ccnproxy::daemon
