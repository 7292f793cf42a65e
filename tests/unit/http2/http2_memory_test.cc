// What an idle HTTP/2 session gives back.

#include "ccnproxy/http2/http2_memory.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <sys/mman.h>

namespace ccnproxy::http2 {
namespace {

constexpr std::size_t frame = 16'394;  // nghttp2's NGHTTP2_FRAMEBUF_CHUNKLEN
constexpr std::size_t table = 4096;    // its map of streams
constexpr std::size_t ring = 1024;     // of one of HPACK's tables

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
  static nghttp2_nv field(std::string_view name, std::string_view value,
                          std::uint8_t flags = NGHTTP2_NV_FLAG_NONE) {
    const auto bytes = [](std::string_view text) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    return {bytes(name), bytes(value), name.size(), value.size(), flags};
  }

  void expect_rings(std::size_t of_requests, std::size_t of_responses) const {
    EXPECT_EQ(rings_[0].taken(), of_requests);
    EXPECT_EQ(rings_[1].taken(), of_responses);
  }

  FreeList small_;
  Http2Rings rings_;
  std::unique_ptr<char[]> frames_{new char[Http2Memory::frame_buffer_bytes]};
  Http2Memory memory_{small_, rings_, frames_.get()};
  nghttp2_mem functions_ = memory_.functions();
};

TEST_F(Http2MemoryTest, frames_are_put_together_in_one_place_by_all_sessions) {
  void* buffer = grow(nullptr, frame);
  EXPECT_EQ(buffer, frames_.get());
  Http2Memory another(small_, rings_, frames_.get());
  const auto its_functions = another.functions();
  EXPECT_EQ(its_functions.malloc(Http2Memory::frame_buffer_bytes, &another), buffer);
  release(buffer);
  EXPECT_EQ(grow(nullptr, frame), buffer) << "it is the worker's";
  EXPECT_EQ(memory_.paged_bytes(), 0u);
}

TEST_F(Http2MemoryTest, F098_a_frame_beyond_that_place_has_one_of_its_own) {
  constexpr auto too_large = Http2Memory::frame_buffer_bytes + 1;
  void* buffer = allocate(too_large);
  ASSERT_TRUE(buffer && buffer != frames_.get());
  std::memset(buffer, 'x', too_large);
  release(buffer);
}

TEST_F(Http2MemoryTest, what_was_put_together_can_be_moved_elsewhere) {
  std::memset(frames_.get(), 'f', Http2Memory::frame_buffer_bytes);
  void* elsewhere = grow(allocate(frame), 10);
  ASSERT_NE(elsewhere, frames_.get());
  EXPECT_TRUE(all(elsewhere, 10, 'f'));
  release(elsewhere);
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
  memory_.expect_frame_buffer(false);
  void* value = allocate(4 * frame);
  std::memset(value, 'v', 4 * frame);
  memory_.rest();
  EXPECT_TRUE(all(value, 4 * frame, 'v'));
  release(value);
}

TEST_F(Http2MemoryTest, what_grows_keeps_its_content) {
  memory_.expect_frame_buffer(false);
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
  std::array<char*, 6> blocks{};
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

/// Of HPACK's tables: that of requests, then that of responses.
TEST_F(Http2MemoryTest, each_ring_lies_with_others_of_its_kind) {
  void* of_requests = allocate(ring);
  expect_rings(1, 0);
  void* of_responses = allocate(ring);
  expect_rings(1, 1);
  void* another = allocate(ring);
  expect_rings(1, 1);
  for (void* block : {of_responses, another, of_requests}) {
    std::memset(block, 'r', ring);
    release(block);
  }
  expect_rings(0, 0);
}

TEST_F(Http2MemoryTest, a_ring_that_grows_keeps_its_content) {
  for (int i = 0; i < 2; ++i) {
    void* block = allocate(ring);
    std::memset(block, 'r', ring);
    block = grow(block, 2 * ring);
    expect_rings(0, 0);
    EXPECT_TRUE(all(block, ring, 'r'));
    release(block);
  }
}

TEST_F(Http2MemoryTest, a_block_of_a_rings_size_is_like_any_other_once_the_session_is_made) {
  memory_.expect_frame_buffer(false);
  void* block = allocate(ring);
  expect_rings(0, 0);
  release(block);
}

/// A session of nghttp2 and whether the pages of its rings take memory.
class RealSession : public Http2MemoryTest {
 protected:
  void SetUp() override {
    nghttp2_session_callbacks* callbacks = nullptr;
    ASSERT_EQ(nghttp2_session_callbacks_new(&callbacks), 0);
    ASSERT_EQ(nghttp2_session_client_new3(&session_, callbacks, nullptr, nullptr, &functions_), 0);
    nghttp2_session_callbacks_del(callbacks);
    memory_.expect_frame_buffer(false);
    for (std::size_t i = 0; i < rings_.size(); ++i) neighbours_[i] = rings_[i].take();
  }
  void TearDown() override {
    nghttp2_session_del(session_);
    for (std::size_t i = 0; i < rings_.size(); ++i) rings_[i].give(neighbours_[i]);
    expect_rings(0, 0);
  }
  bool is_used(std::size_t kind) const {
    auto* at = static_cast<char*>(neighbours_[kind]);
    return is_resident(at - reinterpret_cast<std::uintptr_t>(at) % 4096);
  }
  void request(std::uint8_t flags) {
    const nghttp2_nv fields[] = {field(":method", "GET"), field(":scheme", "https"),
                                 field(":path", "/"), field("x-first", "one", flags)};
    ASSERT_GT(
        nghttp2_submit_request(session_, nullptr, fields, std::size(fields), nullptr, nullptr), 0);
    const std::uint8_t* bytes = nullptr;
    while (nghttp2_session_mem_send(session_, &bytes) > 0) {
    }
  }
  void take(const std::string& bytes) {
    const auto* in = reinterpret_cast<const std::uint8_t*>(bytes.data());
    ASSERT_EQ(nghttp2_session_mem_recv(session_, in, bytes.size()),
              static_cast<ssize_t>(bytes.size()));
  }

  const std::string settings_{"\0\0\0\4\0\0\0\0\0", 9};
  nghttp2_session* session_ = nullptr;
  std::array<void*, 2> neighbours_{};
};

TEST_F(RealSession, takes_no_memory_for_tables_that_are_not_used) {
  request(NGHTTP2_NV_FLAG_NO_INDEX);
  take(settings_);
  take(std::string("\0\0\1\1\4\0\0\0\1\x88", 10));  // a response's status and nothing else
  EXPECT_FALSE(is_used(0));
  EXPECT_FALSE(is_used(1));
}

TEST_F(RealSession, a_field_of_a_request_is_noted_in_the_first_ring) {
  request(NGHTTP2_NV_FLAG_NONE);
  EXPECT_TRUE(is_used(0));
  EXPECT_FALSE(is_used(1));
}

/// RFC 7541 §6.2.1
TEST_F(RealSession, a_field_of_a_response_is_noted_in_the_second_ring) {
  request(NGHTTP2_NV_FLAG_NO_INDEX);
  take(settings_);
  take(std::string("\0\0\6\1\4\0\0\0\1\x88\x40\1a\1b", 15));
  EXPECT_FALSE(is_used(0));
  EXPECT_TRUE(is_used(1));
}

TEST_F(Http2MemoryTest, F098_a_size_that_can_not_be_is_refused) {
  EXPECT_EQ(allocate_zeroed(SIZE_MAX / 2, 16), nullptr);
  release(nullptr);
}

TEST(Http2MemoryEnd, what_was_never_released_goes_with_it) {
  FreeList small;
  Http2Rings rings;
  auto memory = std::make_unique<Http2Memory>(small, rings, nullptr);
  const auto functions = memory->functions();
  void* at = functions.calloc(1, table, functions.mem_user_data);
  ASSERT_NE(at, nullptr);
  for (const auto& of_kind : rings) {
    ASSERT_NE(functions.malloc(ring, functions.mem_user_data), nullptr);
    EXPECT_EQ(of_kind.taken(), 1u);
  }
  memory.reset();
  unsigned char state = 0;
  EXPECT_EQ(::mincore(at, 4096, &state), -1);
  for (const auto& of_kind : rings) EXPECT_EQ(of_kind.taken(), 0u);
}

}  // namespace
}  // namespace ccnproxy::http2
