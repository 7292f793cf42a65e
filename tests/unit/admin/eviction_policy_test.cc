#include "ccnproxy/admin/eviction_policy.h"

#include <vector>

#include <gtest/gtest.h>

namespace ccnproxy::admin {
namespace {

using Phase = ConnectionPhase;

ConnectionFacts at(Phase phase, int second) {
  return {phase, std::chrono::steady_clock::time_point(std::chrono::seconds(second))};
}

std::optional<std::size_t> evicted(const std::vector<ConnectionFacts>& connections) {
  return connection_to_evict(connections);
}

TEST(EvictionPolicy, F154_the_connection_that_has_been_silent_for_longest_makes_room) {
  EXPECT_EQ(evicted({at(Phase::silent, 3), at(Phase::silent, 1), at(Phase::silent, 2)}), 1U);
}

TEST(EvictionPolicy, F154_half_a_head_and_an_answer_that_is_not_taken_count_like_silence) {
  EXPECT_EQ(evicted({at(Phase::silent, 2), at(Phase::head, 1), at(Phase::writing, 3)}), 1U);
  EXPECT_EQ(evicted({at(Phase::silent, 2), at(Phase::head, 4), at(Phase::writing, 1)}), 2U);
}

TEST(EvictionPolicy, F154_what_waits_for_us_goes_only_when_nothing_waits_for_its_client) {
  EXPECT_EQ(evicted({at(Phase::answering, 1), at(Phase::silent, 9)}), 1U);
  EXPECT_EQ(evicted({at(Phase::answering, 1), at(Phase::answering, 2)}), 1U)
      << "the first of them is nearest to its answer";
}

TEST(EvictionPolicy, where_there_is_none_none_goes) { EXPECT_EQ(evicted({}), std::nullopt); }

}  // namespace
}  // namespace ccnproxy::admin
