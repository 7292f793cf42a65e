// Addresses that are servers of their own: each gets its share of the requests and a connection.

#include <gmock/gmock.h>

#include "ccnproxy/pool/address_load.h"

#include "unit/pool/ready_fixture.h"

namespace ccnproxy::pool {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

TEST(AddressLoad, the_better_place_is_where_less_is_in_flight_and_longer_ago) {
  struct Row {
    const char* what;
    SharePlace better, other;
  };
  const std::vector<Row> rows = {
      {"fewer in flight", {false, {1, 9}, 0}, {false, {2, 1}, 9}},
      {"of equals, the one whose turn is longer ago", {false, {1, 3}, 0}, {false, {1, 4}, 9}},
      {"one that never had a turn", {false, {0, 0}, 0}, {false, {0, 1}, 0}},
      {"of one address, the better connection", {false, {1, 3}, 5}, {false, {1, 3}, 4}},
      {"one that stays, whatever it carries", {false, {9, 9}, 0}, {true, {0, 0}, 9}},
  };
  for (const auto& row : rows) {
    EXPECT_TRUE(is_better_share(row.better, row.other)) << row.what;
    EXPECT_FALSE(is_better_share(row.other, row.better)) << row.what;
  }
  EXPECT_FALSE(is_better_share(rows[0].better, rows[0].better)) << "no place is better than itself";
}

TEST(AddressNeed, one_connection_each_and_more_only_while_one_has_none) {
  struct Row {
    AddressNeed need;
    std::size_t wanted;
  };
  for (const auto& [need, wanted] : std::vector<Row>{{{0, 0, 7}, 0},
                                                     {{3, 3, 0}, 3},
                                                     {{3, 2, 1}, 3},
                                                     {{3, 0, 3}, 3},
                                                     {{3, 0, 5}, 3},
                                                     {{3, 1, 3}, 4},
                                                     {{3, 1, 9}, 6}}) {
    EXPECT_EQ(connections_for_addresses(need), wanted)
        << need.known << " known, " << need.unused << " unused, " << need.staying << " staying";
  }
}

class OriginPoolShares : public OriginPoolReady {
 protected:
  OriginPoolShares() {
    shares_ = true;
    net_.named = {a, b, c};
  }
  void connect_all(origin::Protocol protocol) {
    while (!net_.dialing.empty())
      net_.connect(protocol, protocol == origin::Protocol::http1 ? 1 : 100);
  }
  /// Open connections to each address, with no request.
  void open_all(origin::Protocol protocol) {
    ask();
    connect_all(protocol);
    at(a)->end_stream();
    turn();
  }
  FakeConnection* at(const std::string& place) const {
    for (auto* connection : net_.connections) {
      if (connection->info().address == place) return connection;
    }
    return nullptr;
  }
  std::vector<std::size_t> streams() const {
    std::vector<std::size_t> sums;
    for (const auto& place : net_.named) {
      sums.push_back(0);
      for (const auto* connection : net_.connections)
        sums.back() += connection->info().address == place ? connection->streams() : 0;
    }
    return sums;
  }
  std::vector<std::size_t> connections() const {
    std::vector<std::size_t> counts;
    for (const auto& place : net_.named) counts.push_back(net_.connections_to(place));
    return counts;
  }

  const std::string a = "192.0.2.1:443";
  const std::string b = "192.0.2.2:443";
  const std::string c = "192.0.2.3:443";
};

class OriginPoolSharesOf : public OriginPoolShares,
                           public testing::WithParamInterface<origin::Protocol> {};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginPoolSharesOf,
                         testing::Values(origin::Protocol::http1, origin::Protocol::http2),
                         [](const auto& tested) {
                           return tested.param == origin::Protocol::http1 ? "http1" : "http2";
                         });

TEST_P(OriginPoolSharesOf, F050_every_address_has_a_connection_ready) {
  open_all(GetParam());
  EXPECT_THAT(connections(), ElementsAre(1, 1, 1));
  live(std::chrono::minutes(2));
  EXPECT_THAT(connections(), ElementsAre(1, 1, 1)) << "and keeps it, without new dials";
  EXPECT_EQ(net_.dials, 3u);
}

TEST_P(OriginPoolSharesOf, F034_single_requests_take_turns) {
  open_all(GetParam());
  for (int i = 0; i < 6; ++i) {
    ask();
    for (auto* connection : std::vector(net_.connections)) {
      if (connection->streams() > 0) connection->end_stream();
    }
    turn();
  }
  EXPECT_EQ(at(a)->requests(), 3u) << "with the very first one";
  EXPECT_EQ(at(b)->requests(), 2u);
  EXPECT_EQ(at(c)->requests(), 2u);
}

TEST_P(OriginPoolSharesOf, a_request_goes_where_the_fewest_are_in_flight) {
  open_all(GetParam());
  ask_times(3);
  EXPECT_THAT(streams(), ElementsAre(1, 1, 1));
  at(b)->end_stream();
  ask();
  EXPECT_THAT(streams(), ElementsAre(1, 1, 1)) << "b was free, whoever was last";
}

TEST_F(OriginPoolShares, all_connections_to_an_address_count) {
  open_all(origin::Protocol::http2);
  ask_times(9);
  EXPECT_THAT(streams(), ElementsAre(3, 3, 3));
  net_.named = {a};
  pool().acquire(*waiters_.emplace_back(std::make_unique<FakeWaiter>()));
  net_.named = {a, b, c};
  EXPECT_THAT(streams(), UnorderedElementsAre(3, 3, 4));
}

TEST_F(OriginPoolShares, without_shares_the_fullest_connection_is_as_good_as_ever) {
  shares_ = false;
  net_.named = {a, b, c};
  settings_.min_ready = 3;
  open_all(origin::Protocol::http2);
  ASSERT_EQ(net_.connections.size(), 3u);
  ask_times(6);
  EXPECT_THAT(streams(), UnorderedElementsAre(0, 0, 6));
}

TEST_F(OriginPoolShares, an_address_that_comes_new_gets_a_connection) {
  open_all(origin::Protocol::http2);
  net_.named.push_back("192.0.2.4:443");
  live(std::chrono::seconds(6));
  connect_all(origin::Protocol::http2);
  EXPECT_THAT(connections(), ElementsAre(1, 1, 1, 1));
}

TEST_F(OriginPoolShares, F047_a_withdrawn_address_is_left) {
  open_all(origin::Protocol::http2);
  net_.named = {a, c};
  net_.withdrawn = b;
  live(std::chrono::seconds(6));
  EXPECT_EQ(at(b), nullptr);
  EXPECT_THAT(connections(), ElementsAre(1, 1));
}

TEST_F(OriginPoolShares, an_address_that_lost_its_connection_gets_one_and_no_other_loses_its_last) {
  open_all(origin::Protocol::http2);
  net_.named = {a, c};  // b fails for a while: the next connection leads elsewhere
  at(b)->close();
  turn();
  ask_times(1);
  live(std::chrono::seconds(1));
  connect_all(origin::Protocol::http2);
  net_.named = {a, b, c};
  live(std::chrono::seconds(6));
  connect_all(origin::Protocol::http2);
  live(std::chrono::minutes(1));
  EXPECT_THAT(connections(), ElementsAre(1, 1, 1));
}

TEST_F(OriginPoolShares, max_connections_is_kept) {
  settings_.max_connections = 2;
  open_all(origin::Protocol::http2);
  live(std::chrono::seconds(30));
  EXPECT_EQ(net_.connections.size(), 2u);
  EXPECT_TRUE(net_.dialing.empty());
}

TEST_F(OriginPoolShares, max_idle_leaves_each_address_one) {
  settings_.max_idle = 1;
  open_all(origin::Protocol::http1);
  live(std::chrono::minutes(2));
  EXPECT_THAT(connections(), ElementsAre(1, 1, 1));
}

TEST_F(OriginPoolShares, a_suspicious_address_is_left_alone) {
  open_all(origin::Protocol::http2);
  at(a)->suspect(true);
  ask_times(4);
  EXPECT_THAT(streams(), ElementsAre(0, 2, 2));
}

TEST_F(OriginPoolShares, a_retry_goes_to_another_connection) {
  open_all(origin::Protocol::http2);
  const auto& waiter = ask(at(b)->serial());
  EXPECT_TRUE(waiter.served());
  EXPECT_EQ(at(b)->streams(), 0u);
}

}  // namespace
}  // namespace ccnproxy::pool
