#include "ccnproxy/base/shelf.h"

#include <string>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

struct Thing {
  std::string text;
  void clear() { text.clear(); }
  bool is_worth_keeping() const { return text.capacity() <= 1000; }
};

TEST(ShelfTest, what_is_given_back_comes_again_with_its_memory_and_empty) {
  Shelf<Thing> shelf;
  auto thing = shelf.take();
  thing->text.assign(500, 'x');
  const auto* at = thing.get();
  shelf.give(std::move(thing));
  const auto again = shelf.take();
  EXPECT_EQ(again.get(), at);
  EXPECT_EQ(again->text, "");
  EXPECT_GE(again->text.capacity(), 500u);
}

TEST(ShelfTest, who_comes_while_it_is_empty_gets_a_new_one) {
  Shelf<Thing> shelf;
  const auto one = shelf.take();
  const auto other = shelf.take();
  EXPECT_NE(one.get(), other.get());
}

TEST(ShelfTest, F098_what_has_grown_too_large_is_not_kept) {
  Shelf<Thing> shelf;
  auto thing = shelf.take();
  thing->text.assign(2000, 'x');
  shelf.give(std::move(thing));
  EXPECT_LT(shelf.take()->text.capacity(), 500u);
}

TEST(ShelfTest, F098_keeps_so_many_and_no_more) {
  Shelf<Thing> shelf;
  std::vector<std::unique_ptr<Thing>> things(1000);
  for (auto& thing : things) {
    thing = shelf.take();
    thing->text.assign(500, 'x');
  }
  for (auto& thing : things) shelf.give(std::move(thing));
  std::size_t kept = 0;
  for (auto& thing : things) {
    thing = shelf.take();
    kept += thing->text.capacity() >= 500 ? 1 : 0;
  }
  EXPECT_EQ(kept, 256u);
}

}  // namespace
}  // namespace ccnproxy
