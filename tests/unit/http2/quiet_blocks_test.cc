// What a block costs that nobody writes to, and when its page is given back.

#include "ccnproxy/http2/quiet_blocks.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace ccnproxy::http2 {
namespace {

const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
constexpr std::size_t size = QuietBlocks::block_bytes;
const std::size_t each_page = page / size;

/// Whether any of these pages takes memory. An emulator of larger pages tells it of each of the
/// machine's own.
bool takes_memory(char* begin, std::size_t bytes) {
  std::vector<unsigned char> states(bytes / 4096);
  EXPECT_EQ(::mincore(begin, bytes, states.data()), 0);
  return std::any_of(states.begin(), states.end(), [](auto state) { return (state & 1) != 0; });
}

class QuietBlocksTest : public testing::Test {
 protected:
  ~QuietBlocksTest() override {
    for (auto* block : held_) blocks_.give(block);
    EXPECT_EQ(blocks_.taken(), 0u);
  }
  char* take() {
    held_.push_back(static_cast<char*>(blocks_.take()));
    return held_.back();
  }
  void take_times(std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) take();
  }
  void give(char* block) {
    ASSERT_EQ(std::erase(held_, block), 1u);
    blocks_.give(block);
  }
  static char* page_of(char* block) {
    return block - reinterpret_cast<std::uintptr_t>(block) % page;
  }
  /// Whether the page on which it lies takes memory.
  static bool is_resident(char* block) { return takes_memory(page_of(block), page); }

  QuietBlocks blocks_;
  std::vector<char*> held_;
};

TEST_F(QuietBlocksTest, blocks_do_not_overlap) {
  take_times(1000);
  std::sort(held_.begin(), held_.end());
  for (std::size_t i = 1; i < held_.size(); ++i)
    ASSERT_GE(held_[i] - held_[i - 1], std::ptrdiff_t{size});
  for (std::size_t i = 0; i < held_.size(); ++i)
    std::memset(held_[i], static_cast<int>(i % 251), size);
  for (std::size_t i = 0; i < held_.size(); ++i) {
    ASSERT_EQ(held_[i][0], static_cast<char>(i % 251));
    ASSERT_EQ(held_[i][size - 1], static_cast<char>(i % 251));
  }
}

TEST_F(QuietBlocksTest, only_pages_that_are_written_to_take_memory) {
  take_times(3 * each_page);
  EXPECT_TRUE(std::none_of(held_.begin(), held_.end(), is_resident));
  held_[each_page][0] = 'x';
  const auto resident = std::count_if(held_.begin(), held_.end(), is_resident);
  EXPECT_EQ(resident, static_cast<std::ptrdiff_t>(each_page)) << "those that share its page";
}

TEST_F(QuietBlocksTest, a_page_goes_back_with_its_last_block) {
  take_times(2 * each_page);
  for (auto* block : held_) block[0] = 'x';
  auto* first = held_.front();
  const std::vector<char*> of_first_page(held_.begin(),
                                         held_.begin() + static_cast<std::ptrdiff_t>(each_page));
  for (std::size_t i = 0; i + 1 < each_page; ++i) give(of_first_page[i]);
  EXPECT_TRUE(is_resident(first));
  give(of_first_page.back());
  EXPECT_FALSE(is_resident(first));
  EXPECT_TRUE(is_resident(held_.front())) << "the other page";
  EXPECT_EQ(held_.front()[0], 'x');
}

TEST_F(QuietBlocksTest, what_was_given_back_is_taken_before_pages_that_nobody_has_used) {
  take_times(3 * each_page);
  auto* block = held_[1];
  give(block);
  EXPECT_EQ(take(), block);
}

TEST_F(QuietBlocksTest, addresses_that_nobody_uses_any_more_are_given_up_but_for_a_few) {
  take();
  const auto least = blocks_.mapped_bytes();
  take_times(5 * least / size);
  EXPECT_GE(blocks_.mapped_bytes(), 5 * least);
  while (!held_.empty()) give(held_.front());
  EXPECT_EQ(blocks_.mapped_bytes(), least);
}

TEST_F(QuietBlocksTest, takes_and_gives_in_any_order) {
  std::mt19937 random(1);  // NOLINT: the same in each run
  for (int i = 0; i < 20'000; ++i) {
    const bool gives = !held_.empty() && random() % 100 < (i < 10'000 ? 40u : 60u);
    if (gives)
      give(held_[random() % held_.size()]);
    else
      std::memset(take(), 'x', size);
    ASSERT_EQ(blocks_.taken(), held_.size());
  }
  EXPECT_EQ(std::set<char*>(held_.begin(), held_.end()).size(), held_.size());
}

/// Of a kernel with larger pages, whose madvise() takes whole ones.
class QuietBlocksOfLargePages : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    if (GetParam() < page) GTEST_SKIP() << "this system's pages are larger";
  }
};
INSTANTIATE_TEST_SUITE_P(Sizes, QuietBlocksOfLargePages,
                         testing::Values(4096, 16384, 65536, 262144));

TEST_P(QuietBlocksOfLargePages, what_a_page_still_holds_is_not_given_back) {
  QuietBlocks blocks(GetParam());
  std::vector<char*> held;
  for (std::size_t i = 0; i < 512; ++i) {
    held.push_back(static_cast<char*>(blocks.take()));
    std::memset(held.back(), static_cast<int>(i % 251), size);
  }
  EXPECT_EQ(std::set<char*>(held.begin(), held.end()).size(), held.size());
  for (std::size_t i = 0; i < held.size(); ++i) {
    if (i % 16 != 5) blocks.give(held[i]);
  }
  for (std::size_t i = 5; i < held.size(); i += 16) {
    EXPECT_EQ(held[i][0], static_cast<char>(i % 251));
    EXPECT_EQ(held[i][size - 1], static_cast<char>(i % 251));
    blocks.give(held[i]);
  }
  EXPECT_EQ(blocks.taken(), 0u);
}

TEST_P(QuietBlocksOfLargePages, a_page_goes_back_with_its_last_block) {
  if (GetParam() > 65536) GTEST_SKIP() << "only whole chunks do";
  QuietBlocks blocks(GetParam());
  std::vector<char*> held;
  for (std::size_t i = 0; i < GetParam() / size + 1; ++i) {
    held.push_back(static_cast<char*>(blocks.take()));
    held.back()[0] = 'x';
  }
  auto* const first = held.front();
  for (std::size_t i = 0; i + 1 < held.size(); ++i) blocks.give(held[i]);
  EXPECT_FALSE(takes_memory(first, GetParam()));
  EXPECT_EQ(held.back()[0], 'x');
}

TEST(QuietBlocksEnd, what_was_not_given_back_goes_with_it) {
  void* block = nullptr;
  {
    QuietBlocks blocks;
    block = blocks.take();
    ASSERT_NE(block, nullptr);
  }
  unsigned char state = 0;
  EXPECT_EQ(::mincore(block, page, &state), -1);
}

}  // namespace
}  // namespace ccnproxy::http2
