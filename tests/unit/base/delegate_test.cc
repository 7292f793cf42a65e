#include "ccnproxy/base/delegate.h"

#include <memory>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

struct Counter {
  void count() { ++calls; }
  int add(int a, int b) { return a + b + calls; }
  int read() const { return calls; }
  int take(std::unique_ptr<int> value) { return calls = *value; }
  void change(int& value) { value = 7; }
  int calls = 0;
};

TEST(Delegate, is_nothing_until_it_is_made) {
  const Delegate<void()> nothing;
  EXPECT_FALSE(nothing);
}

TEST(Delegate, calls_the_member_of_its_object) {
  Counter counter;
  const auto call = Delegate<void()>::to<&Counter::count>(&counter);
  ASSERT_TRUE(call);
  call();
  call();
  EXPECT_EQ(counter.calls, 2);
}

TEST(Delegate, passes_arguments_and_gives_back_what_is_returned) {
  Counter counter;
  counter.calls = 10;
  const auto add = Delegate<int(int, int)>::to<&Counter::add>(&counter);
  EXPECT_EQ(add(1, 2), 13);
}

TEST(Delegate, calls_const_members) {
  Counter counter;
  counter.calls = 3;
  EXPECT_EQ((Delegate<int()>::to<&Counter::read>(&counter)()), 3);
}

TEST(Delegate, moves_what_can_only_be_moved) {
  Counter counter;
  const auto take = Delegate<int(std::unique_ptr<int>)>::to<&Counter::take>(&counter);
  EXPECT_EQ(take(std::make_unique<int>(5)), 5);
  EXPECT_EQ(counter.calls, 5);
}

TEST(Delegate, passes_references_on) {
  Counter counter;
  int value = 0;
  Delegate<void(int&)>::to<&Counter::change> (&counter)(value);
  EXPECT_EQ(value, 7);
}

TEST(Delegate, copies_call_the_same_object) {
  Counter counter;
  const auto call = Delegate<void()>::to<&Counter::count>(&counter);
  const auto copy = call;
  copy();
  call();
  EXPECT_EQ(counter.calls, 2);
}

}  // namespace
}  // namespace ccnproxy
