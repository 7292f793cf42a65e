#include "ccnproxy/base/byte_queue.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

TEST(ByteQueue, is_empty_at_first_and_holds_no_memory) {
  const ByteQueue queue;
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.view(), "");
  EXPECT_EQ(queue.view().data(), nullptr);
}

TEST(ByteQueue, gives_from_the_front_what_was_put_at_the_back) {
  ByteQueue queue;
  queue.append("hello ");
  queue.append("world");
  queue.consume(3);
  queue.append("!");
  EXPECT_EQ(queue.view(), "lo world!");
}

TEST(ByteQueue, gives_its_memory_back_when_it_runs_empty) {
  ByteQueue queue;
  queue.append(std::string(100'000, 'x'));
  queue.consume(99'999);
  EXPECT_NE(queue.view().data(), nullptr);
  queue.consume(1);
  EXPECT_EQ(queue.view().data(), nullptr);
  queue.append("again");
  EXPECT_EQ(queue.view(), "again");
  queue.clear();
  EXPECT_EQ(queue.view().data(), nullptr);
}

TEST(ByteQueue, of_what_was_prepared_only_what_is_committed_counts) {
  ByteQueue queue;
  queue.append("a");
  auto* room = queue.prepare(10);
  room[0] = 'b';
  room[1] = 'c';
  queue.commit(1);
  EXPECT_EQ(queue.view(), "ab");
  queue.prepare(1000);
  EXPECT_EQ(queue.view(), "ab") << "preparing alone changes nothing";
}

TEST(ByteQueue, takes_nothing_and_prepares_nothing) {
  ByteQueue queue;
  queue.append("");
  queue.prepare(0);
  queue.commit(0);
  EXPECT_TRUE(queue.empty());
}

TEST(ByteQueue, takes_every_byte_value) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  ByteQueue queue;
  queue.append(all);
  EXPECT_EQ(queue.view(), all);
}

TEST(ByteQueue, moves_with_its_bytes) {
  ByteQueue from;
  from.append("cargo");
  from.consume(2);
  const ByteQueue to = std::move(from);
  EXPECT_EQ(to.view(), "rgo");
}

TEST(ByteQueue, a_steady_stream_through_it_does_not_grow_it) {
  ByteQueue queue;
  queue.append(std::string(500, 'x'));
  for (int i = 0; i < 100'000; ++i) {
    queue.append("0123456789");
    queue.consume(10);
  }
  EXPECT_EQ(queue.size(), 500u);
  const auto* begin = queue.view().data();
  const auto* room = queue.prepare(0);
  EXPECT_LT(room - begin, 64 * 1024);
}

class ByteQueueRandom : public testing::TestWithParam<std::uint32_t> {};

TEST_P(ByteQueueRandom, agrees_with_a_string) {
  std::mt19937 random(GetParam());
  ByteQueue queue;
  std::string model;
  for (int i = 0; i < 5000 && !HasFailure(); ++i) {
    const auto n = random() % (random() % 8 == 0 ? 5000 : 50);
    switch (random() % 8) {
      case 0:
        queue.clear(), model.clear();
        break;
      case 1:
      case 2:
      case 3: {
        const auto taken = std::min<std::size_t>(n, model.size());
        queue.consume(taken);
        model.erase(0, taken);
        break;
      }
      case 4: {
        auto* room = queue.prepare(n);
        const auto used = n > 0 ? random() % n : 0;
        for (std::size_t k = 0; k < used; ++k) room[k] = static_cast<char>(random());
        model.append(room, used);
        queue.commit(used);
        break;
      }
      default: {
        std::string bytes(n, '\0');
        for (auto& c : bytes) c = static_cast<char>(random());
        queue.append(bytes);
        model += bytes;
      }
    }
    ASSERT_EQ(queue.view(), model);
    ASSERT_EQ(queue.empty(), model.empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ByteQueueRandom, testing::Range(1u, 9u));

}  // namespace
}  // namespace ccnproxy
