#include "ccnproxy/proxy/client_eviction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const TimePoint now{seconds(1000)};

TEST(ClientEviction, F094_takes_those_who_have_stood_longest_until_enough_is_free) {
  const std::vector<StalledClient> stalled = {{100, now - seconds(5)},
                                              {100, now - seconds(50)},
                                              {100, now - seconds(20)},
                                              {100, now - seconds(2)}};
  EXPECT_THAT(clients_to_evict(stalled, 1, now), ElementsAre(1));
  EXPECT_THAT(clients_to_evict(stalled, 100, now), ElementsAre(1));
  EXPECT_THAT(clients_to_evict(stalled, 101, now), ElementsAre(1, 2));
  EXPECT_THAT(clients_to_evict(stalled, 10'000, now), ElementsAre(1, 2, 0, 3));
}

TEST(ClientEviction, F095_leaves_those_who_move_and_those_who_hold_nothing) {
  const std::vector<StalledClient> stalled = {
      {100, now - milliseconds(249)}, {0, now - seconds(50)}, {100, now}};
  EXPECT_THAT(clients_to_evict(stalled, 1000, now), IsEmpty());
  EXPECT_THAT(clients_to_evict({}, 1000, now), IsEmpty());
}

TEST(ClientEviction, takes_nobody_where_nothing_has_to_go) {
  const std::vector<StalledClient> stalled = {{100, now - seconds(5)}};
  EXPECT_THAT(clients_to_evict(stalled, 0, now), IsEmpty());
}

}  // namespace
}  // namespace ccnproxy::proxy
