#include "ccnproxy/net/batching_gate.h"

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr TimePoint t0{std::chrono::hours(1)};

struct GateCase {
  const char* name;
  microseconds window;
  std::uint32_t pieces;
  microseconds elapsed;
  bool open;
};

class BatchingGateTable : public testing::TestWithParam<GateCase> {};

TEST_P(BatchingGateTable, opens_at_two_pieces_of_work_a_window) {
  const auto& c = GetParam();
  BatchingGate gate(c.window);
  gate.open(t0);
  gate.count_work(c.pieces);
  EXPECT_EQ(gate.open(t0 + c.elapsed), c.open);
  EXPECT_EQ(gate.is_open(), c.open);
}

INSTANTIATE_TEST_SUITE_P(
    Table, BatchingGateTable,
    testing::Values(
        GateCase{"nothing", microseconds(100), 0, milliseconds(1), false},
        GateCase{"one_less", microseconds(100), 19, milliseconds(1), false},
        GateCase{"just_enough", microseconds(100), 20, milliseconds(1), true},
        GateCase{"much", microseconds(100), 5000, milliseconds(1), true},
        GateCase{"enough_but_over_a_longer_time", microseconds(100), 20, milliseconds(2), false},
        GateCase{"longer_measured", microseconds(100), 200, milliseconds(10), true},
        GateCase{"too_early_to_say", microseconds(100), 5000, microseconds(999), false},
        GateCase{"wider_window_needs_less", microseconds(500), 20, milliseconds(5), true},
        GateCase{"wider_window_takes_longer", microseconds(500), 1000, microseconds(4999), false},
        GateCase{"narrow_window", microseconds(10), 200, milliseconds(1), true},
        GateCase{"narrow_window_takes_a_millisecond", microseconds(10), 5000, microseconds(999),
                 false},
        GateCase{"off", microseconds(0), 1'000'000, milliseconds(1), false}),
    [](const auto& of) { return std::string(of.param.name); });

TEST(BatchingGate, input_counts_by_its_size) {
  BatchingGate small(microseconds(100));
  small.open(t0);
  for (int i = 0; i < 10; ++i) small.count_input(1000);
  EXPECT_FALSE(small.open(t0 + milliseconds(1)));
  BatchingGate large(microseconds(100));
  large.open(t0);
  for (int i = 0; i < 10; ++i) large.count_input(20'000);
  EXPECT_TRUE(large.open(t0 + milliseconds(1)));
}

TEST(BatchingGate, is_shut_at_first) {
  BatchingGate gate(microseconds(100));
  EXPECT_FALSE(gate.is_open());
  gate.count_work(1000);
  EXPECT_FALSE(gate.open(t0)) << "nothing was measured: the time since ever is no window";
}

TEST(BatchingGate, stays_as_it_was_between_measurements) {
  BatchingGate gate(microseconds(100));
  gate.open(t0);
  gate.count_work(100);
  ASSERT_TRUE(gate.open(t0 + milliseconds(1)));
  EXPECT_TRUE(gate.open(t0 + milliseconds(1) + microseconds(500)));
}

TEST(BatchingGate, shuts_when_work_ends) {
  BatchingGate gate(microseconds(100));
  gate.open(t0);
  gate.count_work(100);
  ASSERT_TRUE(gate.open(t0 + milliseconds(1)));
  EXPECT_FALSE(gate.open(t0 + milliseconds(2)));
  EXPECT_FALSE(gate.is_open());
}

TEST(BatchingGate, work_counted_in_parts_adds_up_over_turns) {
  BatchingGate gate(microseconds(100));
  gate.open(t0);
  for (int i = 1; i <= 10; ++i) {
    gate.count_work(2);
    gate.open(t0 + microseconds(90 * i));
  }
  EXPECT_FALSE(gate.is_open());
  EXPECT_TRUE(gate.open(t0 + milliseconds(1)));
}

TEST(BatchingGate, each_of_several_loops_waits_longer) {
  EXPECT_EQ(batching_window(microseconds(100), 1), microseconds(100));
  EXPECT_EQ(batching_window(microseconds(100), 2), microseconds(300));
  EXPECT_EQ(batching_window(microseconds(100), 64), microseconds(300));
  EXPECT_EQ(batching_window(microseconds(0), 2), microseconds(0)) << "off is off";
}

}  // namespace
}  // namespace ccnproxy
