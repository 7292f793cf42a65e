#include "ccnproxy/base/memory_budget.h"

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

using For = MemoryBudget::For;

TEST(MemoryBudget, F062_is_tight_at_a_half_and_full_at_the_limit) {
  MemoryBudget budget(1000);
  BufferCharge a(budget, For::clients);
  BufferCharge b(budget, For::origins);
  a.set(499);
  EXPECT_FALSE(budget.under_pressure());
  b.set(1);
  EXPECT_TRUE(budget.under_pressure());
  EXPECT_FALSE(budget.full());
  a.set(999);
  EXPECT_TRUE(budget.full());
  EXPECT_EQ(budget.used(), 1000U);
  a.set(250);
  EXPECT_FALSE(budget.under_pressure());
  EXPECT_FALSE(budget.relaxed()) << "by a margin only";
  a.set(248);
  EXPECT_TRUE(budget.relaxed());
  a.set(0);
  b.set(0);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, F062_who_ends_gives_back_what_it_held) {
  MemoryBudget budget(1000);
  {
    BufferCharge held(budget, For::origins);
    held.set(700);
    EXPECT_EQ(budget.used(), 700U);
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST(MemoryBudget, excess_is_what_brings_it_down_to_three_quarters) {
  MemoryBudget budget(800);
  BufferCharge held(budget, For::clients);
  held.set(699);
  EXPECT_FALSE(budget.nearly_full());
  EXPECT_EQ(budget.excess(), 0U);
  held.set(700);
  EXPECT_TRUE(budget.nearly_full());
  EXPECT_FALSE(budget.full());
  EXPECT_EQ(budget.excess(), 100U);
}

TEST(MemoryBudget, F062_origins_wait_for_clients_and_never_for_themselves) {
  MemoryBudget budget(1000);
  BufferCharge responses(budget, For::clients);
  BufferCharge uploads(budget, For::origins);
  uploads.set(1000);
  EXPECT_TRUE(budget.full());
  EXPECT_FALSE(budget.origins_must_wait()) << "what they say may be what makes room";
  uploads.set(750);
  responses.set(249);
  EXPECT_FALSE(budget.origins_must_wait()) << "not full";
  responses.set(250);
  EXPECT_TRUE(budget.origins_must_wait());
}

TEST(MemoryBudget, F094_tells_when_it_is_nearly_full_while_it_fills) {
  struct Listener {
    void on_pressure() { ++told; }
    int told = 0;
  } listener;
  MemoryBudget budget(800);
  budget.tell_when_nearly_full(Delegate<void()>::to<&Listener::on_pressure>(&listener));
  BufferCharge held(budget, For::clients);
  held.set(699);
  EXPECT_EQ(listener.told, 0);
  held.set(700);
  EXPECT_EQ(listener.told, 1);
  held.set(800);
  EXPECT_EQ(listener.told, 2);
  held.set(750);
  EXPECT_EQ(listener.told, 2) << "it is on its way down";
}

}  // namespace
}  // namespace ccnproxy
