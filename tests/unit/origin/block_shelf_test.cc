// What is kept of small blocks, and how much.

#include "ccnproxy/origin/block_shelf.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <malloc.h>

namespace ccnproxy::origin {
namespace {

class BlockShelfTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!BlockShelf::keeps) GTEST_SKIP() << "under a sanitizer nothing is kept";
  }

  BlockShelf shelf_;
};

TEST_F(BlockShelfTest, what_was_given_back_serves_the_next_of_about_its_size) {
  void* block = shelf_.take(100);
  shelf_.give(block);
  EXPECT_GT(shelf_.kept_bytes(), 0u);
  EXPECT_EQ(shelf_.take(104), block);
  EXPECT_EQ(shelf_.kept_bytes(), 0u);
  shelf_.give(block);
  void* other = shelf_.take(105);
  EXPECT_NE(other, block);
  std::free(other);
}

TEST_F(BlockShelfTest, F098_every_block_is_as_large_as_was_asked) {
  for (int round = 0; round < 2; ++round) {
    std::vector<void*> blocks;
    for (std::size_t size = 1; size <= 2 * BlockShelf::largest_block; ++size) {
      blocks.push_back(shelf_.take(size));
      ASSERT_GE(::malloc_usable_size(blocks.back()), size);
      std::memset(blocks.back(), 'x', size);
    }
    for (auto* block : blocks) shelf_.give(block);
  }
}

TEST_F(BlockShelfTest, blocks_of_malloc_are_taken_for_what_they_hold) {
  for (std::size_t size = 1; size <= 2 * BlockShelf::largest_block; ++size) {
    shelf_.give(std::malloc(size));
    void* block = shelf_.take(std::min(size, BlockShelf::largest_block));
    ASSERT_GE(::malloc_usable_size(block), std::min(size, BlockShelf::largest_block));
    std::free(block);
  }
}

TEST_F(BlockShelfTest, F098_keeps_so_much_and_no_more) {
  std::vector<void*> blocks;
  for (int i = 0; i < 4000; ++i) blocks.push_back(shelf_.take(BlockShelf::largest_block));
  for (auto* block : blocks) shelf_.give(block);
  EXPECT_LE(shelf_.kept_bytes(), BlockShelf::most_kept);
  EXPECT_GT(shelf_.kept_bytes(), BlockShelf::most_kept / 2);
  shelf_.clear();
  EXPECT_EQ(shelf_.kept_bytes(), 0u);
}

TEST(BlockShelf, nothing_may_be_given_back) {
  BlockShelf shelf;
  shelf.give(nullptr);
  std::free(shelf.take(0));
  EXPECT_EQ(shelf.kept_bytes(), 0u);
}

}  // namespace
}  // namespace ccnproxy::origin
