#include "ccnproxy/base/object_pool.h"

#include <string>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

struct Thing {
  std::string text;
  void clear() { text.clear(); }
  bool is_worth_keeping() const { return text.capacity() <= 1000; }
};

TEST(ObjectPoolTest, what_is_given_back_comes_again_with_its_memory_and_empty) {
  ObjectPool<Thing> objects;
  auto thing = objects.take();
  thing->text.assign(500, 'x');
  const auto* at = thing.get();
  objects.give(std::move(thing));
  const auto again = objects.take();
  EXPECT_EQ(again.get(), at);
  EXPECT_EQ(again->text, "");
  EXPECT_GE(again->text.capacity(), 500u);
}

TEST(ObjectPoolTest, who_comes_while_it_is_empty_gets_a_new_one) {
  ObjectPool<Thing> objects;
  const auto one = objects.take();
  const auto other = objects.take();
  EXPECT_NE(one.get(), other.get());
}

TEST(ObjectPoolTest, F098_what_has_grown_too_large_is_not_kept) {
  ObjectPool<Thing> objects;
  auto thing = objects.take();
  thing->text.assign(2000, 'x');
  objects.give(std::move(thing));
  EXPECT_LT(objects.take()->text.capacity(), 500u);
}

TEST(ObjectPoolTest, F098_keeps_so_many_and_no_more) {
  ObjectPool<Thing> objects;
  std::vector<std::unique_ptr<Thing>> things(1000);
  for (auto& thing : things) {
    thing = objects.take();
    thing->text.assign(500, 'x');
  }
  for (auto& thing : things) objects.give(std::move(thing));
  std::size_t kept = 0;
  for (auto& thing : things) {
    thing = objects.take();
    kept += thing->text.capacity() >= 500 ? 1 : 0;
  }
  EXPECT_EQ(kept, 256u);
}

}  // namespace
}  // namespace ccnproxy
