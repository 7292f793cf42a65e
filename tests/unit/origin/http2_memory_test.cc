// What an idle HTTP/2 session gives back.

#include "ccnproxy/origin/http2_memory.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace ccnproxy::origin {
namespace {

constexpr std::size_t frame = 16'394;  // nghttp2's NGHTTP2_FRAMEBUF_CHUNKLEN
constexpr std::size_t table = 4096;    // its map of streams

class Http2MemoryTest : public testing::Test {
 protected:
  void* allocate(std::size_t size) { return functions_.malloc(size, functions_.mem_user_data); }
  void* grow(void* at, std::size_t size) {
    return functions_.realloc(at, size, functions_.mem_user_data);
  }
  void* allocate_zeroed(std::size_t count, std::size_t size) {
    return functions_.calloc(count, size, functions_.mem_user_data);
  }
  void release(void* at) { functions_.free(at, functions_.mem_user_data); }
  /// Whether the page at this address takes memory.
  static bool is_resident(void* at) {
    unsigned char state = 0;
    EXPECT_EQ(::mincore(at, 4096, &state), 0);
    return (state & 1) != 0;
  }
  static bool all(const void* at, std::size_t size, char value) {
    const auto* bytes = static_cast<const char*>(at);
    return std::all_of(bytes, bytes + size, [&](char b) { return b == value; });
  }

  Http2Memory memory_;
  nghttp2_mem functions_ = memory_.functions();
};

TEST_F(Http2MemoryTest, the_buffer_for_frames_is_given_back_whatever_it_holds) {
  void* buffer = grow(nullptr, frame);
  memory_.on_session_made();
  std::memset(buffer, 'x', frame);
  ASSERT_TRUE(is_resident(buffer));
  memory_.rest();
  EXPECT_FALSE(is_resident(buffer));
  std::memset(buffer, 'y', frame);
  EXPECT_TRUE(all(buffer, frame, 'y'));
  release(buffer);
  EXPECT_EQ(memory_.paged_bytes(), 0u);
}

TEST_F(Http2MemoryTest, a_table_is_given_back_only_when_it_is_empty) {
  auto* streams = static_cast<char*>(allocate_zeroed(256, 16));
  EXPECT_TRUE(all(streams, table, 0));
  streams[table - 1] = 1;
  memory_.rest();
  EXPECT_EQ(streams[table - 1], 1);
  streams[table - 1] = 0;
  memory_.rest();
  EXPECT_FALSE(is_resident(streams));
  EXPECT_TRUE(all(streams, table, 0));
  release(streams);
}

/// A value that is coming in, of a field of a header block, may be as large.
TEST_F(Http2MemoryTest, what_is_allocated_later_keeps_its_content) {
  memory_.on_session_made();
  void* value = allocate(4 * frame);
  std::memset(value, 'v', 4 * frame);
  memory_.rest();
  EXPECT_TRUE(all(value, 4 * frame, 'v'));
  release(value);
}

TEST_F(Http2MemoryTest, what_grows_keeps_its_content) {
  for (const std::size_t size : {std::size_t{10}, frame}) {
    void* block = allocate(size);
    std::memset(block, 'b', size);
    block = grow(block, 2 * frame);
    EXPECT_TRUE(all(block, size, 'b'));
    release(block);
  }
  EXPECT_EQ(memory_.paged_bytes(), 0u);
}

TEST_F(Http2MemoryTest, what_finds_no_pages_of_its_own_is_allocated_all_the_same) {
  std::array<char*, 10> blocks{};
  for (auto& block : blocks) {
    block = static_cast<char*>(allocate_zeroed(1, table));
    ASSERT_TRUE(block && all(block, table, 0));
    std::memset(block, 'z', table);
  }
  memory_.rest();
  for (auto* block : blocks) {
    EXPECT_TRUE(all(block, table, 'z'));
    release(block);
  }
  EXPECT_EQ(memory_.paged_bytes(), 0u);
}

TEST_F(Http2MemoryTest, F098_a_size_that_can_not_be_is_refused) {
  EXPECT_EQ(allocate_zeroed(SIZE_MAX / 2, 16), nullptr);
  release(nullptr);
}

TEST(Http2MemoryEnd, what_was_never_released_goes_with_it) {
  auto memory = std::make_unique<Http2Memory>();
  const auto functions = memory->functions();
  void* at = functions.malloc(frame, functions.mem_user_data);
  ASSERT_NE(at, nullptr);
  memory.reset();
  unsigned char state = 0;
  EXPECT_EQ(::mincore(at, 4096, &state), -1);
}

}  // namespace
}  // namespace ccnproxy::origin
