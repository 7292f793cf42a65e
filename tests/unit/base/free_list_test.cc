// What is kept of small blocks, and how much.

#include "ccnproxy/base/free_list.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>

namespace ccnproxy {
namespace {

class FreeListTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!FreeList::keeps) GTEST_SKIP() << "under a sanitizer nothing is kept";
  }

  FreeList list_;
};

TEST_F(FreeListTest, what_was_given_back_serves_the_next_of_about_its_size) {
  void* block = list_.take(100);
  list_.give(block);
  EXPECT_GT(list_.kept_bytes(), 0u);
  EXPECT_EQ(list_.take(104), block);
  EXPECT_EQ(list_.kept_bytes(), 0u);
  list_.give(block);
  void* other = list_.take(105);
  EXPECT_NE(other, block);
  std::free(other);
}

TEST_F(FreeListTest, F098_every_block_is_as_large_as_was_asked) {
  for (int round = 0; round < 2; ++round) {
    std::vector<void*> blocks;
    for (std::size_t size = 1; size <= 2 * FreeList::largest_block; ++size) {
      blocks.push_back(list_.take(size));
      ASSERT_GE(::malloc_usable_size(blocks.back()), size);
      std::memset(blocks.back(), 'x', size);
    }
    for (auto* block : blocks) list_.give(block);
  }
}

TEST_F(FreeListTest, blocks_of_malloc_are_taken_for_what_they_hold) {
  for (std::size_t size = 1; size <= 2 * FreeList::largest_block; ++size) {
    list_.give(std::malloc(size));
    void* block = list_.take(std::min(size, FreeList::largest_block));
    ASSERT_GE(::malloc_usable_size(block), std::min(size, FreeList::largest_block));
    std::free(block);
  }
}

TEST_F(FreeListTest, F098_keeps_so_much_and_no_more) {
  std::vector<void*> blocks;
  for (int i = 0; i < 4000; ++i) blocks.push_back(list_.take(FreeList::largest_block));
  for (auto* block : blocks) list_.give(block);
  EXPECT_LE(list_.kept_bytes(), FreeList::most_kept);
  EXPECT_GT(list_.kept_bytes(), FreeList::most_kept / 2);
  list_.clear();
  EXPECT_EQ(list_.kept_bytes(), 0u);
}

TEST(FreeList, nothing_may_be_given_back) {
  FreeList list;
  list.give(nullptr);
  std::free(list.take(0));
  EXPECT_EQ(list.kept_bytes(), 0u);
}

}  // namespace
}  // namespace ccnproxy
