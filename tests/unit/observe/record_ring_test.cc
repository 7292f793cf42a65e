#include "ccnproxy/observe/record_ring.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

namespace ccnproxy::observe {
namespace {

bool add(RecordRing& ring, std::string_view text) {
  std::byte* to = ring.reserve(text.size());
  if (to == nullptr) return false;
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  ring.commit();
  return true;
}

std::string take(RecordRing& ring) {
  const auto entry = ring.front();
  if (entry.data() == nullptr) return "(none)";
  std::string text(reinterpret_cast<const char*>(entry.data()), entry.size());
  ring.pop();
  return text;
}

TEST(RecordRing, gives_back_in_order) {
  RecordRing ring(256);
  EXPECT_TRUE(ring.is_empty());
  EXPECT_TRUE(add(ring, "one"));
  EXPECT_TRUE(add(ring, ""));
  EXPECT_TRUE(add(ring, "three"));
  EXPECT_FALSE(ring.is_empty());
  EXPECT_EQ(take(ring), "one");
  EXPECT_EQ(take(ring), "");
  EXPECT_EQ(take(ring), "three");
  EXPECT_EQ(take(ring), "(none)");
  EXPECT_TRUE(ring.is_empty());
}

TEST(RecordRing, shows_nothing_before_it_is_committed) {
  RecordRing ring(256);
  ASSERT_NE(ring.reserve(10), nullptr);
  EXPECT_TRUE(ring.is_empty());
  EXPECT_EQ(take(ring), "(none)");
}

TEST(RecordRing, refuses_when_full_and_takes_again_when_emptied) {
  RecordRing ring(64);
  EXPECT_TRUE(add(ring, std::string(24, 'a')));  // 8 + 24 of 64
  EXPECT_TRUE(add(ring, std::string(24, 'b')));
  EXPECT_FALSE(add(ring, ""));
  EXPECT_EQ(take(ring), std::string(24, 'a'));
  EXPECT_TRUE(add(ring, std::string(24, 'c')));
  EXPECT_FALSE(add(ring, ""));
  EXPECT_EQ(take(ring), std::string(24, 'b'));
  EXPECT_EQ(take(ring), std::string(24, 'c'));
}

TEST(RecordRing, takes_the_longest_entry_wherever_it_stands) {
  for (std::size_t start = 0; start < 64; start += 8) {
    RecordRing ring(64);
    for (std::size_t moved = 0; moved < start; moved += 8) {
      ASSERT_TRUE(add(ring, ""));
      ASSERT_EQ(take(ring), "");
    }
    const std::string longest(ring.max_entry(), 'x');
    EXPECT_TRUE(add(ring, longest)) << start;
    EXPECT_EQ(take(ring), longest) << start;
    EXPECT_EQ(ring.reserve(ring.max_entry() + 1), nullptr);
  }
}

TEST(RecordRing, aligns_every_entry) {
  RecordRing ring(256);
  for (std::size_t size = 0; size < 100; ++size) {
    const auto* to = ring.reserve(size);
    ASSERT_NE(to, nullptr);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(to) % 8, 0u);
    ring.commit();
    EXPECT_EQ(take(ring).size(), size);
  }
}

TEST(RecordRing, says_when_more_than_half_is_used) {
  RecordRing ring(64);
  EXPECT_FALSE(ring.is_filling_up());
  EXPECT_TRUE(add(ring, std::string(24, 'a')));
  EXPECT_FALSE(ring.is_filling_up());
  EXPECT_TRUE(add(ring, ""));
  EXPECT_TRUE(ring.is_filling_up());
  EXPECT_EQ(take(ring), std::string(24, 'a'));
  EXPECT_FALSE(ring.is_filling_up());
}

TEST(RecordRing, wants_a_capacity_it_can_mask) {
  for (const std::size_t capacity : {0, 1, 32, 65, 100, 192}) {
    EXPECT_THROW(RecordRing ring(capacity), std::invalid_argument) << capacity;
  }
}

std::string numbered(int number) {
  return std::to_string(number) + std::string(static_cast<std::size_t>(number % 97), 'x');
}

TEST(RecordRing, touches_few_pages_while_it_is_emptied_in_time) {
  RecordRing ring(1 << 20);
  const auto* lowest = ring.reserve(200);
  const auto* highest = lowest;
  for (int i = 0; i < 10000; ++i) {
    const auto* at = ring.reserve(200);
    ring.commit();
    lowest = std::min(lowest, at);
    highest = std::max(highest, at);
    ASSERT_EQ(ring.front().data(), at);
    ring.pop();
  }
  EXPECT_LT(highest - lowest, 1 << 16);
}

TEST(RecordRing, goes_on_behind_what_has_not_been_taken) {
  RecordRing ring(1 << 20);
  std::string last = "0";
  ASSERT_TRUE(add(ring, last));
  const auto* highest = ring.front().data();
  for (int i = 1; i < 10000; ++i) {
    const auto next = std::to_string(i) + std::string(100, '.');
    ASSERT_TRUE(add(ring, next));
    ASSERT_EQ(take(ring), last);
    highest = std::max(highest, ring.front().data());
    last = next;
  }
  EXPECT_EQ(take(ring), last);
  EXPECT_GT(highest - ring.reserve(8), 1 << 19) << "it was never empty, and is now at the front";
}

TEST(RecordRing, loses_and_mixes_nothing_between_two_threads) {
  constexpr int count = 50000;
  RecordRing ring(1024);
  std::thread adding([&ring] {
    for (int i = 0; i < count; ++i) {
      while (!add(ring, numbered(i))) std::this_thread::yield();
    }
  });
  for (int i = 0; i < count; ++i) {
    while (ring.is_empty()) std::this_thread::yield();
    ASSERT_EQ(take(ring), numbered(i));
  }
  adding.join();
  EXPECT_TRUE(ring.is_empty());
}

}  // namespace
}  // namespace ccnproxy::observe
