// A connection stands ready before it is needed: what the pool does ahead, seen from both ends.
#include <csignal>
#include <deque>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_dir.h"
#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;

/// As the daemon is by default.
DaemonConfig ready_config() {
  return one_worker().set("pool.min_ready", "1").set("pool.spare", "0").set("pool.ping", "auto");
}

void await_clients(const DaemonProcess& daemon, int clients) {
  const auto line = "\nccnproxy_clients " + std::to_string(clients) + '\n';
  for (const Deadline deadline;;) {
    const auto metrics = RawClient(daemon.admin_address()).get("admin", "/metrics").body;
    if (metrics.find(line) != metrics.npos) return;
    if (deadline.passed()) throw Failure("not so many clients: " + line);
  }
}

class Readiness : public ::testing::TestWithParam<std::string> {
 protected:
  ScriptedOrigin origin_{speaking({GetParam()}), nullptr};
};
INSTANTIATE_TEST_SUITE_P(Protocols, Readiness, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

TEST_P(Readiness, F101_a_warm_origin_has_a_connection_before_the_first_request) {
  Proxy proxy(ready_config()
                  .set("pool.warm", "[\"https://api.test\"]")
                  .origin("api.test", origin_.endpoint(), pki().ca_file()));
  OriginSide side(origin_);
  RawClient client = proxy.client();
  client.send(get_request());
  side.read_request();
  side.respond(200, "warm");
  EXPECT_EQ(client.read_response().body, "warm");
  EXPECT_EQ(proxy.record().get("found"), "ready");
}

TEST(ReadyState, F101_what_was_in_use_is_ready_again_after_a_restart) {
  ScriptedOrigin origin(speaking({"h2"}), nullptr);
  TempDir folder;
  auto config = ready_config()
                    .set("pool.state_file", folder.path() + "/state")
                    .origin("api.test", origin.endpoint(), pki().ca_file());
  {
    Proxy proxy(config);
    RawClient client = proxy.client();
    client.send(get_request());
    OriginSide side(origin);
    side.read_request();
    side.respond(200, "first");
    EXPECT_EQ(client.read_response().body, "first");
    client.close();
    proxy.daemon.signal(SIGTERM);
    EXPECT_EQ(proxy.daemon.wait_for_exit(), 0);
  }
  Proxy proxy(config);
  OriginSide side(origin);
  EXPECT_EQ(origin.accepts(), 2U) << "nobody has asked yet";
  RawClient client = proxy.client();
  client.send(get_request());
  side.read_request();
  side.respond(200, "again");
  EXPECT_EQ(client.read_response().body, "again");
  EXPECT_EQ(proxy.record().get("found"), "ready");
}

class ReadyOrigin : public ::testing::Test {
 protected:
  /// A first request that was answered.
  void use(OriginSide& side, RawClient& client) {
    side.read_request();
    side.respond(200, "ok");
    EXPECT_EQ(client.read_response().body, "ok");
  }
  OriginAndProxy both_{speaking({"h2"}), nullptr, ready_config()};
};

TEST_F(ReadyOrigin, F020_GOAWAY_brings_the_next_connection_without_a_request) {
  RawClient client = both_.proxy.client();
  client.send(get_request());
  OriginSide first(both_.origin);
  use(first, client);
  first.peer().write_goaway(0x7fffffff);
  OriginSide second(both_.origin);
  client.send(get_request());
  use(second, client);
  EXPECT_EQ(both_.proxy.records(2).back().get("found"), "ready");
}

/// The peer's TCP acknowledges, but nobody is there: what kill -STOP makes of a process.
TEST_F(ReadyOrigin, F008_a_get_leaves_a_connection_that_gives_no_sign_of_life) {
  RawClient client = both_.proxy.client();
  client.send(get_request());
  OriginSide first(both_.origin);
  use(first, client);
  client.send(get_request());
  OriginSide second(both_.origin);  // opened under suspicion, before the request comes over
  use(second, client);
  EXPECT_EQ(both_.proxy.records(2).back().outcome(), "200 retries=1 no_byte_on_reused");
}

TEST_F(ReadyOrigin, F008_a_post_stays_where_it_may_have_been_acted_on) {
  RawClient client = both_.proxy.client();
  client.send(get_request());
  OriginSide first(both_.origin);
  use(first, client);
  client.send(post_request("/", "money"));
  OriginSide second(both_.origin);
  RawClient other = both_.proxy.client();
  other.send(get_request());
  use(second, other);  // new requests go to the connection that lives
  use(first, client);  // and the old one had been slow only
  for (const auto& record : both_.proxy.records(3)) EXPECT_EQ(record.outcome(), "200");
}

/// HTTP/1.1 has no PING; whether the process at that address runs, another handshake tells.
TEST(Readiness, F008_http1_an_origin_that_is_only_slow_is_asked_for_a_sign_of_life_and_waited_for) {
  OriginAndProxy both(speaking({"http/1.1"}), nullptr,
                      ready_config().set("pool.max_connections", "1"));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  OriginSide probe(both.origin);
  probe.connection().wait_for_end();
  side.respond(200, "slow");
  EXPECT_EQ(client.read_response().body, "slow");
  EXPECT_EQ(both.proxy.record().outcome(), "200");
}

TEST_F(ReadyOrigin, debugging_from_curl_shows_what_was_found) {
  RawClient client = both_.proxy.client();
  client.send(get_request("/", "X-Ccnproxy-Debug: 1\r\n"));
  OriginSide side(both_.origin);
  const Request seen = side.read_request();
  EXPECT_EQ(seen.fields.get("x-ccnproxy-debug"), "");
  side.respond(200);
  const auto dialed = client.read_response();
  EXPECT_THAT(dialed.fields.get("server-timing"), HasSubstr("conn;desc=\"dialed\", wait;dur="));
  EXPECT_THAT(dialed.fields.get("server-timing"), HasSubstr("tls;dur="));
  EXPECT_THAT(dialed.fields.get("proxy-status"), HasSubstr("ccnproxy; next-hop=\"127.0.0.1:"));
  EXPECT_THAT(dialed.fields.get("proxy-status"), HasSubstr("next-protocol=h2"));
  client.send(get_request("/", "X-Ccnproxy-Debug: 1\r\n"));
  side.read_request();
  side.respond(200);
  EXPECT_THAT(client.read_response().fields.get("server-timing"), HasSubstr("conn;desc=\"ready\""));
  client.send(get_request());
  side.read_request();
  side.respond(200);
  EXPECT_EQ(client.read_response().fields.get("server-timing"), "");
}

TEST(ReadyWorkers, F014_a_connection_of_one_worker_serves_the_clients_of_all) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({"h2"}), service, ready_config().with_admin().set("workers", "4"));
  EXPECT_EQ(both.proxy.get("/bytes/10").status, 200);
  for (int i = 0; i < 40; ++i) {
    const std::string body(static_cast<std::size_t>(1000 * i), 'x');
    EXPECT_EQ(both.proxy.post("/echo", body).status, 200);
  }
  EXPECT_EQ(both.origin.accepts(), 1U);
  std::size_t ready = 0;
  for (const auto& record : both.proxy.records(41)) ready += record.get("found") == "ready" ? 1 : 0;
  EXPECT_EQ(ready, 40U);
  const auto metrics = RawClient(both.proxy.daemon.admin_address()).get("admin", "/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("\nccnproxy_pools 1\n")) << "who hands over needs none";
}

/// Whoever is still here when the daemon is told to stop, be it for a hot restart, is served as
/// before: by a connection that stands, whichever worker has it.
TEST(ReadyWorkers, F014_F099_a_daemon_that_drains_serves_all_clients_by_the_connection_it_has) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({"h2"}), service,
                      ready_config().with_admin().set("workers", "4").set("timeouts.drain", "20s"));
  EXPECT_EQ(both.proxy.get("/bytes/10").status, 200);
  std::deque<RawClient> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(both.proxy.daemon.address());
  await_clients(both.proxy.daemon, 20);
  both.proxy.daemon.signal(SIGTERM);
  wait_until_refused(both.proxy.daemon.address());
  for (auto& client : clients) client.send(get_request("/bytes/1000"));
  for (auto& client : clients) {
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.fields.get("connection"), "close");
  }
  EXPECT_EQ(both.proxy.daemon.wait_for_exit(), 0);
  EXPECT_EQ(both.origin.accepts(), 1U);
}

/// A long transfer is no reason for the process before to keep all its connections.
TEST(ReadyDrain, F099_what_is_idle_is_let_go_once_no_request_can_begin_any_more) {
  const auto hold = std::make_shared<Latch>();
  Service service([&](const Request& request) {
    return Response{.body = "late", .held_by = request.target == "/slow" ? hold : nullptr};
  });
  OriginAndProxy both(speaking({"http/1.1"}), service, ready_config().set("timeouts.drain", "60s"));
  RawClient slow = both.proxy.client();
  slow.send(get_request("/slow"));
  both.origin.wait_for_requests(1);
  EXPECT_EQ(both.proxy.get("/quick").status, 200);  // by another connection
  both.proxy.daemon.signal(SIGTERM);
  both.origin.wait_for_open(1);
  hold->open();
  EXPECT_EQ(slow.read_response().body, "late");
  EXPECT_EQ(both.proxy.daemon.wait_for_exit(), 0);
}

TEST(ReadyWorkers, F096_limits_are_those_of_all_workers_together) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({"http/1.1"}), service,
                      ready_config().set("workers", "4").set("pool.max_connections", "2"));
  std::deque<RawClient> clients;
  for (int i = 0; i < 30; ++i) {
    clients.emplace_back(both.proxy.daemon.address());
    clients.back().send(get_request("/bytes/1000"));
  }
  for (auto& client : clients) EXPECT_EQ(client.read_response().status, 200);
  EXPECT_LE(both.origin.accepts(), 2U);
}

class KnownOriginWorkers : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Workers, KnownOriginWorkers, ::testing::Values("1", "2", "4"),
                         [](const auto& tested) { return std::string("workers") + tested.param; });

/// No handshake is answered once the origin is known: who wanted to know its protocol first would
/// wait for ever.
TEST_P(KnownOriginWorkers, F136_a_first_burst_to_a_known_http1_origin_is_dialled_at_once) {
  constexpr std::size_t burst = 50;
  const auto hold = std::make_shared<Latch>();
  Service service([&](const Request& request) {
    return Response{.body = "ok", .held_by = request.target == "/held" ? hold : nullptr};
  });
  OriginAndProxy both(speaking({"http/1.1"}), service,
                      one_worker()
                          .set("workers", GetParam())
                          .set("pool.min_ready", "0")
                          .set("timeouts.tls", "60s"));
  EXPECT_EQ(both.proxy.get("/first").status, 200);
  both.origin.reconfigure([](auto& options) { options.answer_handshake = false; });
  std::deque<RawClient> clients;
  for (std::size_t i = 0; i < burst; ++i) {
    clients.emplace_back(both.proxy.daemon.address());
    clients.back().send(get_request("/held"));
  }
  both.origin.wait_for_accepts(burst);  // one of them has had its request already
  EXPECT_EQ(both.origin.handshakes(), 1U);
  clients.clear();
  hold->open();
}

}  // namespace
}  // namespace ccnproxy::integration
