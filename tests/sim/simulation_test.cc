// The simulator in small: every trace with a dozen origins, one of each habit and protocol.

#include "sim/simulation.h"

#include <gmock/gmock.h>

#include "sim/plot.h"
#include "sim/tables.h"

namespace ccnproxy::sim {
namespace {

const std::vector<Comparison>& small_run() {
  static const auto run = compare(small_traces(), 7);
  return run;
}

double share(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

TEST(Simulation, the_same_seed_gives_the_same_result_and_another_another) {
  const auto trace = small_traces().at(2);
  for (const auto policy : policies) {
    const auto once = simulate(trace, policy, 7);
    EXPECT_EQ(once, simulate(trace, policy, 7)) << to_string(policy);
    EXPECT_NE(once, simulate(trace, policy, 8)) << to_string(policy);
  }
}

TEST(Simulation, policies_are_given_the_same_requests) {
  for (const auto& [trace, results] : small_run()) {
    const auto requests = results.at(0).books.total().requests;
    EXPECT_GT(requests, 100u) << trace.name;
    // Those under way at the very end are not counted.
    for (const auto& result : results)
      EXPECT_NEAR(share(result.books.total().requests, requests), 1, 0.01) << trace.name;
  }
}

TEST(Simulation, the_pool_is_ready_at_least_as_often_as_fixed_policies_are) {
  for (const auto& [trace, results] : small_run()) {
    const auto ready = [&](std::size_t policy) {
      const auto sum = results.at(policy).books.total();
      return share(sum.ready, sum.requests);
    };
    EXPECT_GE(ready(0), ready(1)) << trace.name;
    EXPECT_GE(ready(0), ready(2)) << trace.name;
  }
}

TEST(Simulation, F001_the_pool_loses_fewer_requests_to_closing_origins_than_fixed_policies_do) {
  std::array<std::uint64_t, policies.size()> lost{};
  for (const auto& [trace, results] : small_run()) {
    for (std::size_t policy = 0; policy < policies.size(); ++policy) {
      const auto& books = results.at(policy).books;
      lost[policy] += books.total().failed - books.of(Habit::restarts).failed;
    }
  }
  EXPECT_LT(lost[0], lost[1]);
  EXPECT_LT(lost[0], lost[2]);
}

TEST(Simulation, nothing_is_left_open_waiting_or_counted_when_all_is_over) {
  for (const auto& [trace, results] : small_run()) {
    for (const auto& result : results) EXPECT_EQ(result.left, 0u) << trace.name;
  }
}

TEST(Simulation, tables_have_a_line_for_each_trace_and_policy_and_for_each_habit) {
  const auto lines = [](const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  };
  EXPECT_EQ(lines(table_by_trace(small_run())), 2 + small_run().size() * policies.size());
  EXPECT_EQ(lines(table_by_habit(small_run())), 2 + habits * policies.size());
  EXPECT_THAT(plot(small_run()), testing::EndsWith("</svg>\n"));
}

TEST(Tables, a_share_that_is_not_whole_never_reads_as_if_it_were) {
  EXPECT_EQ(percent(0, 10), "0");
  EXPECT_EQ(percent(10, 10), "100");
  EXPECT_EQ(percent(1, 3), "33.3");
  EXPECT_EQ(percent(99'995, 100'000), "99.995");
  EXPECT_EQ(percent(999'999, 1'000'000), "99.9999");
}

}  // namespace
}  // namespace ccnproxy::sim
