// The states of a pool's connections, and what is counted with them.

#include "unit/pool/parts_fixture.h"

namespace ccnproxy::pool {
namespace {

class ConnectionSetTest : public PartsFixture {
 protected:
  std::size_t dials() const { return *env_.context.worker->dials; }
  /// Of `most` places that the process has, how many are free.
  std::size_t free_places(std::uint32_t most) {
    std::size_t n = 0;
    while (connections_.take_place(most)) ++n;
    for (auto i = n; i > 0; --i) shared_.give_back_connection(0);
    return n;
  }
};

TEST_F(ConnectionSetTest, the_state_is_what_the_connection_says) {
  auto& c = add();
  EXPECT_EQ(c.state(), State::connecting);
  connections_.update(c);
  EXPECT_EQ(c.state(), State::connecting);

  auto& one = connect(origin::Protocol::http1, 1);
  EXPECT_EQ(one.state(), State::ready);
  open(one);
  EXPECT_EQ(one.state(), State::busy);
  connections_.end(one, "a test");
  EXPECT_EQ(one.state(), State::draining);
  EXPECT_EQ(one.leaving, "a test");
  EXPECT_TRUE(one.ended_by_us);
  connections_.close(one);
  EXPECT_EQ(one.state(), State::closed);
  EXPECT_EQ(deferred_deletes_.size(), 1u);
  connections_.update(one);
  EXPECT_EQ(one.state(), State::closed) << "it stays so";
}

TEST_F(ConnectionSetTest, a_suspicious_connection_is_busy) {
  auto& c = connect();
  fake(c).suspect(true);
  connections_.update(c);
  EXPECT_EQ(c.state(), State::busy);
  EXPECT_EQ(connections_.staying(), 0u);
}

TEST_F(ConnectionSetTest, a_place_is_held_until_it_drains) {
  auto& c = connect();
  EXPECT_EQ(free_places(2), 1u);
  connections_.end(c, "a test");
  EXPECT_EQ(free_places(2), 2u);
  connections_.close(c);
  EXPECT_EQ(free_places(2), 2u) << "it is given back once";
}

TEST_F(ConnectionSetTest, a_dial_counts_for_the_worker_while_it_is_under_way) {
  auto& failed = add();
  auto& made = add();
  EXPECT_EQ(dials(), 2u);
  connections_.close(failed);
  EXPECT_EQ(dials(), 1u);
  made.connection =
      std::make_unique<FakeConnection>(origin::ConnectionInfo(), 1, made, [](auto&) {});
  connections_.update(made);
  EXPECT_EQ(dials(), 0u);
}

TEST_F(ConnectionSetTest, other_workers_see_whether_one_is_ready) {
  EXPECT_EQ(shared_.ready_elsewhere(1), std::nullopt);
  auto& c = connect(origin::Protocol::http1, 1);
  EXPECT_EQ(shared_.ready_elsewhere(1), 0u);
  open(c);
  EXPECT_EQ(shared_.ready_elsewhere(1), std::nullopt);
}

TEST_F(ConnectionSetTest, the_latest_is_the_first_that_is_ready) {
  connect();
  auto& latest = connect();
  EXPECT_EQ(&connections_.ready().front(), &latest);
}

TEST_F(ConnectionSetTest, all_may_end_while_they_are_looked_at) {
  for (int i = 0; i < 3; ++i) connect();
  open(connect(origin::Protocol::http1, 1));
  std::size_t seen = 0;
  connections_.for_each_open([&](auto& c) {
    ++seen;
    connections_.end(c, "a test");
  });
  EXPECT_EQ(seen, 4u);
  EXPECT_FALSE(connections_.any_open());
  EXPECT_EQ(connections_.count(State::draining), 4u);
  EXPECT_FALSE(connections_.empty());
}

TEST_F(ConnectionSetTest, streams_of_open_connections_are_counted) {
  auto& c = connect();
  open(c);
  open(c);
  open(connect(origin::Protocol::http1, 1));
  EXPECT_EQ(connections_.streams(), 3u);
  EXPECT_EQ(connections_.find(c.connection->info().serial), &c);
  connections_.end(c, "a test");
  EXPECT_EQ(connections_.streams(), 1u);
  EXPECT_EQ(connections_.find(c.connection->info().serial), nullptr);
}

TEST_F(ConnectionSetTest, clearing_gives_everything_back) {
  add();
  connect();
  auto& draining = connect();
  connections_.end(draining, "a test");
  connections_.clear();
  EXPECT_TRUE(connections_.empty());
  EXPECT_EQ(dials(), 0u);
  EXPECT_EQ(free_places(3), 3u);
  EXPECT_EQ(shared_.ready_elsewhere(1), std::nullopt);
}

}  // namespace
}  // namespace ccnproxy::pool
