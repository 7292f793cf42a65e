// An origin that chose HTTP/2 and then wants HTTP/1.1 (HTTP_1_1_REQUIRED).

#include "unit/pool/pool_fixture.h"

namespace ccnproxy::pool {
namespace {

using std::chrono::minutes;

class OriginPoolHttp1 : public PoolFixture {};

TEST_F(OriginPoolHttp1, F128_no_connection_that_speaks_http2_is_lent_any_more) {
  ask();
  auto& first = net_.connect_http2();
  EXPECT_FALSE(net_.only_http1);
  first.require_http1();
  EXPECT_TRUE(pool().requires_http1());
  EXPECT_TRUE(first.is_draining()) << "what runs on it may end";
  auto& again = ask(first.serial());
  EXPECT_FALSE(again.answered());
  ASSERT_EQ(net_.dialing.size(), 1u);
  EXPECT_TRUE(net_.only_http1);
  auto& second = net_.connect_http1();
  EXPECT_EQ(again.connection, &second);
  EXPECT_EQ(pool().memory().protocol, origin::Protocol::http1);
}

TEST_F(OriginPoolHttp1, F128_each_request_that_waits_gets_a_connection_of_its_own) {
  ask();
  net_.connect_http2().require_http1();
  const auto waiters = ask_times(5);
  EXPECT_EQ(net_.dialing.size(), 5u) << "as for any origin of HTTP/1.1";
  while (!net_.dialing.empty()) net_.connect_http1();
  EXPECT_EQ(served(waiters), 5u);
}

TEST_F(OriginPoolHttp1, F128_a_dial_under_way_that_brings_http2_all_the_same_is_not_used) {
  ask();
  net_.connect_http2().require_http1();
  ask();
  ASSERT_EQ(net_.dialing.size(), 1u);
  net_.connect_http2();
  turn();
  EXPECT_FALSE(waiters_.back()->served());
  EXPECT_EQ(net_.connections.size(), 0u);
  ASSERT_GE(net_.dialing.size(), 1u);
  net_.connect_http1();
  EXPECT_TRUE(waiters_.back()->served());
}

TEST_F(OriginPoolHttp1, F128_after_an_hour_http2_is_tried_again) {
  ask();
  net_.connect_http2().require_http1();
  pass(minutes(59));
  EXPECT_TRUE(pool().requires_http1());
  ask();
  EXPECT_TRUE(net_.only_http1);
  net_.connect_http1().close();
  pass(minutes(2));
  EXPECT_FALSE(pool().requires_http1());
  ask();
  EXPECT_FALSE(net_.only_http1);
}

TEST_F(OriginPoolHttp1, F128_one_that_speaks_no_http1_either_is_asked_by_http2_again) {
  ask();
  net_.connect_http2().require_http1();
  auto& again = ask();
  net_.refuse(ErrorType::tls_alert_received);
  ASSERT_TRUE(again.error);
  EXPECT_FALSE(pool().requires_http1());
  ask();
  EXPECT_FALSE(net_.only_http1);
}

TEST_F(OriginPoolHttp1, F128_a_connection_that_could_not_have_spoken_http1_ends_the_requirement) {
  ask();
  net_.connect_http2().require_http1();
  net_.http1_offered = false;  // a reload has taken it out of tls.alpn
  auto& again = ask();
  auto& connection = net_.connect_http2();
  EXPECT_EQ(again.connection, &connection) << "no loop of dials";
  EXPECT_FALSE(pool().requires_http1());
}

TEST_F(OriginPoolHttp1, F128_it_is_known_after_a_restart) {
  ask();
  net_.connect_http2().require_http1();
  pass(minutes(20));
  const auto memory = pool().memory();
  EXPECT_EQ(memory.protocol, origin::Protocol::http1);
  ASSERT_TRUE(memory.http1_until);
  waiters_.clear();
  pool_.reset();
  net_ = FakeNetwork();
  pool().recall(memory, Duration(0));
  EXPECT_TRUE(pool().requires_http1());
  ask();
  EXPECT_TRUE(net_.only_http1);
  pass(minutes(41));
  EXPECT_FALSE(pool().requires_http1());
  EXPECT_FALSE(pool().memory().http1_until);
}

TEST_F(OriginPoolHttp1, F128_a_configuration_that_changes_the_connections_forgets_it) {
  ask();
  net_.connect_http2().require_http1();
  PoolTerms terms{std::make_shared<const config::Pool>(settings_),
                  std::make_shared<const config::Timeouts>(), queue_deadline};
  terms.dialer = std::make_shared<FakeDialer>(net_);
  pool().adopt(terms);
  EXPECT_TRUE(pool().requires_http1()) << "another dialer of the same kind knows it";
  terms.dialer = std::make_shared<FakeDialer>(net_);
  terms.replace = true;
  pool().adopt(terms);
  EXPECT_FALSE(pool().requires_http1());
}

TEST(OriginPoolHttp1Workers, F128_one_worker_learns_it_for_all) {
  ManualClock clock;
  TimerWheel wheel{clock};
  FakeNetwork net[2];
  std::vector<std::unique_ptr<DeferredDelete>> deferred_deletes;
  auto shared = std::make_shared<SharedOrigin>(2);
  config::Pool settings;
  settings.min_ready = 0;
  FakeWaiter waiters[3];
  std::vector<std::unique_ptr<OriginPool>> pools;
  for (std::size_t i = 0; i < 2; ++i) {
    PoolContext context{
        std::make_shared<const PoolWorker>(
            PoolWorker{wheel, [&](auto object) { deferred_deletes.push_back(std::move(object)); },
                       [] { return 0u; }, i}),
        std::make_shared<const config::Timeouts>(), std::make_shared<const config::Tcp>(), shared};
    pools.push_back(std::make_unique<OriginPool>(
        origin::Origin{origin::Scheme::https, "api.example.test", 443},
        std::make_shared<const config::Pool>(settings), std::chrono::seconds(10),
        std::make_unique<FakeDialer>(net[i]), std::move(context)));
    pools.back()->acquire(waiters[i]);
  }
  auto& first = net[0].connect_http2();
  auto& second = net[1].connect_http2();
  first.require_http1();
  EXPECT_FALSE(second.is_draining());
  pools[1]->acquire(waiters[2]);
  EXPECT_TRUE(second.is_draining());
  EXPECT_FALSE(waiters[2].answered());
  EXPECT_TRUE(net[1].only_http1);
  net[1].connect_http1();
  EXPECT_TRUE(waiters[2].served());
  for (auto& network : net) {
    for (auto* connection : std::vector(network.connections)) connection->close();
  }
  pools.clear();
}

}  // namespace
}  // namespace ccnproxy::pool
