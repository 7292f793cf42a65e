#include "ccnproxy/proxy/socket_backlog.h"

#include <gtest/gtest.h>

namespace ccnproxy::proxy {
namespace {

using std::chrono::milliseconds;

constexpr auto least = SocketBacklog::least;
const TimePoint start{std::chrono::seconds(1000)};

TEST(SocketBacklog, F062_a_look_is_worth_it_once_for_each_so_many_bytes) {
  SocketBacklog backlog;
  EXPECT_FALSE(backlog.worth_a_look(least - 1));
  EXPECT_TRUE(backlog.worth_a_look(least));
  backlog.look(start, least, 0);
  EXPECT_FALSE(backlog.worth_a_look(2 * least - 1));
  EXPECT_TRUE(backlog.worth_a_look(2 * least));
}

TEST(SocketBacklog, F062_what_the_client_has_not_acknowledged_is_held) {
  SocketBacklog backlog;
  EXPECT_EQ(backlog.bytes(), 0U);
  EXPECT_EQ(backlog.look(start, 300'000, 200'000), 100'000U);
  EXPECT_EQ(backlog.bytes(), 200'000U);
  EXPECT_EQ(backlog.look(start, 400'000, 250'000), 50'000U);
  EXPECT_EQ(backlog.bytes(), 250'000U);
  EXPECT_EQ(backlog.look(start, 400'000, 0), 250'000U);
  EXPECT_EQ(backlog.bytes(), 0U);
}

TEST(SocketBacklog, F062_a_few_bytes_are_not_counted_and_go_on_being_watched) {
  SocketBacklog backlog;
  backlog.look(start, 100'000, least - 1);
  EXPECT_EQ(backlog.bytes(), 0U);
  EXPECT_TRUE(backlog.worth_a_look(100'001));
}

TEST(SocketBacklog, F094_who_takes_nothing_has_stood_still_since_it_owed) {
  SocketBacklog backlog;
  backlog.look(start, 100'000, 100'000);
  EXPECT_EQ(backlog.moved_at(), start);
  backlog.look(start + milliseconds(100), 200'000, 200'000);
  EXPECT_EQ(backlog.moved_at(), start) << "more was written, and nothing taken";
  backlog.look(start + milliseconds(200), 200'000, 199'999);
  EXPECT_EQ(backlog.moved_at(), start + milliseconds(200));
}

TEST(SocketBacklog, F094_time_in_which_nothing_was_owed_does_not_count) {
  SocketBacklog backlog;
  backlog.look(start, 100'000, 0);
  backlog.look(start + milliseconds(5'000), 200'000, 100'000);
  EXPECT_EQ(backlog.moved_at(), start + milliseconds(5'000));
}

TEST(SocketBacklog, F094_a_kernel_that_counts_more_than_was_written_is_bounded_by_that) {
  SocketBacklog backlog;  // a FIN takes a place in the queue, too
  EXPECT_EQ(backlog.look(start, 50'000, 50'001), 0U);
  EXPECT_EQ(backlog.bytes(), 50'000U);
}

}  // namespace
}  // namespace ccnproxy::proxy
