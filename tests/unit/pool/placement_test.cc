// Which of the ready connections a request takes; what is known of their addresses.

#include "ccnproxy/pool/placement.h"

#include "unit/pool/parts_fixture.h"

namespace ccnproxy::pool {
namespace {

using namespace std::chrono_literals;
using origin::Protocol;

class PlacementTest : public PartsFixture {
 protected:
  std::uint64_t serial_of(const PooledConnection& c) { return c.connection->info().serial; }
  PooledConnection& connect_to(const std::string& address) {
    net_.address = address;
    auto& c = connect();
    c.load = shares_.load_of(address);
    return c;
  }

  Suspicion suspicion_{connections_};
  PathWatch path_{env_};
  AddressShares shares_{connections_};
  Placement placement_{env_, connections_, suspicion_, path_, shares_};
};

TEST_F(PlacementTest, there_is_none_without_a_ready_connection) {
  add();
  open(connect(Protocol::http1, 1));
  EXPECT_EQ(placement_.find({}), nullptr);
}

TEST_F(PlacementTest, an_HTTP1_request_takes_the_latest_that_stays) {
  auto& first = connect(Protocol::http1, 1);
  auto& latest = connect(Protocol::http1, 1);
  EXPECT_EQ(placement_.find({}), &latest);
  latest.leaving = "a test";
  EXPECT_EQ(placement_.find({}), &first);
  first.leaving = "a test";
  EXPECT_NE(placement_.find({}), nullptr) << "better than none";
}

TEST_F(PlacementTest, what_is_to_be_avoided_is_not_taken) {
  auto& c = connect();
  EXPECT_EQ(placement_.find({.avoid = serial_of(c)}), nullptr);
}

TEST_F(PlacementTest, beyond_its_idle_limit_none_is_taken) {
  auto& c = connect();
  c.lendable_until = clock_.now() + 1s;
  EXPECT_EQ(placement_.find({}), &c);
  clock_.advance(1s);
  EXPECT_EQ(placement_.find({}), nullptr);
}

TEST_F(PlacementTest, a_large_body_waits_for_a_connection_without_another) {
  auto& bulky = connect();
  bulky.bulk = 1;
  const StreamNeed need{.bulk = true, .apart_until = clock_.now() + 1s};
  EXPECT_EQ(placement_.find(need), nullptr);
  auto& free = connect();
  EXPECT_EQ(placement_.find(need), &free);
  free.leaving = "a test";
  clock_.advance(1s);
  EXPECT_NE(placement_.find(need), nullptr) << "now it takes any";
}

TEST_F(PlacementTest, windows_that_are_forgotten_count_anew) {
  auto& c = connect();
  fake(c).receive(1000);
  Placement::begin_request(c, clock_.now());
  EXPECT_EQ(c.idle_at_bytes, 0u) << "used just now";
  c.life.in_use = false;
  clock_.advance(300ms);
  Placement::begin_request(c, clock_.now());
  EXPECT_EQ(c.idle_at_bytes, 1000u);
  EXPECT_EQ(c.life.requests, 2u);
}

TEST_F(PlacementTest, addresses_take_turns_where_each_has_its_share) {
  env_.context.shares = true;
  auto& a = connect_to("192.0.2.1:443");
  auto& b = connect_to("192.0.2.2:443");
  auto* first = placement_.find({});
  ASSERT_NE(first, nullptr);
  shares_.note_given(*first);
  EXPECT_EQ(placement_.find({}), first == &a ? &b : &a);
}

TEST_F(PlacementTest, an_address_with_fewer_requests_is_better) {
  env_.context.shares = true;
  auto& a = connect_to("192.0.2.1:443");
  auto& b = connect_to("192.0.2.2:443");
  open(a);
  EXPECT_EQ(placement_.find({}), &b);
  auto& other_to_b = connect_to("192.0.2.2:443");
  EXPECT_EQ(other_to_b.load, b.load) << "it is the address's";
  EXPECT_TRUE(shares_.is_last(a));
  EXPECT_FALSE(shares_.is_last(b));
}

TEST_F(PlacementTest, one_silent_connection_makes_others_to_its_address_the_last_choice) {
  net_.address = "192.0.2.1:443";
  auto& silent = connect();
  auto& other = connect();
  net_.address = "192.0.2.2:443";
  auto& elsewhere = connect();
  auto& there = connect_to("192.0.2.1:443");
  fake(silent).suspect(true);
  suspicion_.raise("192.0.2.1:443");
  EXPECT_EQ(silent.state(), State::busy);
  EXPECT_EQ(fake(other).checks, 1);
  EXPECT_EQ(fake(there).checks, 1);
  EXPECT_EQ(fake(silent).checks, 0) << "it is asked already";
  EXPECT_EQ(fake(elsewhere).checks, 0);
  EXPECT_TRUE(suspicion_.covers(other));
  EXPECT_EQ(placement_.find({}), &elsewhere);

  fake(silent).suspect(false);
  suspicion_.review();
  EXPECT_FALSE(suspicion_.covers(other));
  EXPECT_EQ(silent.state(), State::ready);
}

}  // namespace
}  // namespace ccnproxy::pool
