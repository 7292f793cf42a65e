#include "ccnproxy/observe/ring_writer.h"

#include <string>

#include <gtest/gtest.h>

#include "ccnproxy/observe/record_codec.h"

#include "unit/observe/sample_record.h"
#include "unit/support/counted_allocations.h"

namespace ccnproxy::observe {
namespace {

/// Empties the ring; how many records there were.
std::uint64_t take_all(RingWriter& writer) {
  std::uint64_t count = 0;
  for (; writer.ring().front().data() != nullptr; ++count) writer.ring().pop();
  return count;
}

TEST(RingWriter, allocates_nothing_for_a_record) {
  Notifier notifier;
  RingWriter writer(notifier, false, nullptr);
  const AccessRecord record = sample_failure();
  const auto before = allocations;
  for (int i = 0; i < 10000; ++i) {
    writer.write(record);
    if (i % 100 == 0) take_all(writer);
  }
  EXPECT_EQ(allocations, before);
  std::string canary(100, 'x');  // the counter counts
  EXPECT_GT(allocations, before);
}

TEST(RingWriter, F105_drops_and_counts_what_finds_the_ring_full) {
  Notifier notifier;
  RingWriter writer(notifier, false, nullptr);
  constexpr std::uint64_t count = 50000;
  for (std::uint64_t i = 0; i < count; ++i) writer.write(sample_record());
  EXPECT_GT(writer.dropped(), 0u);
  const auto dropped = writer.dropped();
  EXPECT_EQ(take_all(writer) + dropped, count);

  writer.write(sample_record());
  EXPECT_EQ(take_all(writer), 1u);
  EXPECT_EQ(writer.dropped(), dropped);
}

TEST(RingWriter, F108_keeps_no_query_in_memory_that_is_not_logged) {
  Notifier notifier;
  for (const bool with_query : {false, true}) {
    RingWriter writer(notifier, with_query, nullptr);
    writer.write(sample_record());
    const auto target = unpack(writer.ring().front()).target;
    EXPECT_EQ(target, with_query ? "/v1/items?token=canary" : "/v1/items");
  }
}

TEST(RingWriter, wakes_a_thread_that_sleeps) {
  Notifier notifier;
  RingWriter writer(notifier, false, nullptr);
  notifier.wait([&writer] {  // sleeps for ever unless the record wakes it
    writer.write(sample_record());
    return true;
  });
  EXPECT_EQ(take_all(writer), 1u);
}

TEST(RingWriter, ends_the_gathering_of_a_batch_when_the_ring_fills_up) {
  Notifier notifier;
  RingWriter writer(notifier, false, nullptr);
  notifier.linger(std::chrono::hours(24), [&writer] {
    while (!writer.ring().is_filling_up()) writer.write(sample_record());
    return true;
  });
  EXPECT_EQ(writer.dropped(), 0u);
  EXPECT_GT(take_all(writer), 1000u);
}

}  // namespace
}  // namespace ccnproxy::observe
