// More clients than there should be, and what they hold.
#include <optional>

#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

TEST(ClientOverload, F093_a_client_over_the_limit_waits_until_another_leaves) {
  const auto hold = std::make_shared<Latch>();
  OneOrigin proxy("plain", Service([&](const Request&) { return Response{.held_by = hold}; }),
                  [](DaemonConfig& config) { config.set("limits.clients", "2"); });
  RawClient first = proxy.connect();
  RawClient second = proxy.connect();
  for (RawClient* client : {&first, &second})
    client->send(head("GET / HTTP/1.1", proxy.label_host));
  proxy.origin.wait_for_requests(2);
  RawClient third = proxy.connect();
  third.send(head("GET / HTTP/1.1", proxy.label_host));
  third.stream().pause(Patience(200));
  char byte = 0;
  EXPECT_EQ(third.stream().try_read(&byte, 1).outcome, Stream::Outcome::WouldBlock);
  second.close();
  hold->open();
  EXPECT_EQ(third.read_response().status, 200);
  EXPECT_EQ(first.read_response().status, 200);
}

TEST(ClientOverload, F093_who_has_no_request_makes_room_for_who_has_one) {
  OneOrigin proxy("plain", Service(standard_answers),
                  [](DaemonConfig& config) { config.set("limits.clients", "2"); });
  RawClient silent = proxy.connect();
  RawClient kept_alive = proxy.connect();
  EXPECT_EQ(kept_alive.get(proxy.label_host).status, 200);
  RawClient third = proxy.connect();
  RawClient fourth = proxy.connect();
  EXPECT_EQ(third.get(proxy.label_host).status, 200);
  EXPECT_EQ(fourth.get(proxy.label_host).status, 200);
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_EQ(silent.end(), StreamEnd::Fin);
}

TEST(ClientOverload, F094_an_address_has_so_many_connections_and_no_more) {
  OneOrigin proxy("plain", Service(standard_answers),
                  [](DaemonConfig& config) { config.set("limits.clients_per_address", "2"); });
  RawClient first = proxy.connect();
  std::optional<RawClient> second(std::in_place, proxy.daemon->address());
  EXPECT_EQ(first.get(proxy.label_host).status, 200);
  EXPECT_EQ(second->get(proxy.label_host).status, 200);
  RawClient third = proxy.connect();
  const auto refused = third.read_response();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
  EXPECT_TRUE(refused.fields.has("retry-after"));
  EXPECT_EQ(third.read_to_end(), "");
  EXPECT_EQ(first.get(proxy.label_host).status, 200);
  second.reset();
  for (const Deadline deadline;;) {  // until the daemon has seen it leave
    RawClient again = proxy.connect();
    try {
      again.send(head("GET / HTTP/1.1", proxy.label_host));
    } catch (const PeerGone&) {
      // Closed already.
    }
    const auto status = again.read_response().status;
    if (status == 200) break;
    if (deadline.passed()) throw Failure("the place was never given back");
  }
}

TEST(ClientOverload, F096_an_origin_that_never_answers_slows_no_other) {
  constexpr std::size_t stuck = 300;
  constexpr int served = 200;
  for (const std::string protocol : {"h2", "plain"}) {
    const auto hold = std::make_shared<Latch>();
    ScriptedOrigin dead(origin_speaking(protocol),
                        Service([&](const Request&) { return Response{.held_by = hold}; }));
    OneOrigin proxy(protocol, Service(standard_answers), [&](DaemonConfig& config) {
      const auto yaml = std::vector<std::string>{"pool: {max_connections: 4}"};
      config.origin("dead.example", dead.endpoint(), pki().ca_file(), yaml);
      config.set("tls.verify", "false");  // its certificate has another name
    });
    std::vector<std::unique_ptr<RawClient>> waiting;
    for (std::size_t i = 0; i < stuck; ++i) {
      waiting.push_back(std::make_unique<RawClient>(proxy.daemon->address()));
      waiting.back()->send(head("GET / HTTP/1.1", host_for(protocol, "dead.example")));
    }
    dead.wait_for_requests(1);
    RawClient client = proxy.connect();
    for (int i = 0; i < served; ++i) ASSERT_EQ(client.get(proxy.label_host).status, 200) << i;
    // All of it while none of the others had an answer.
    EXPECT_EQ(proxy.daemon->wait_for_access_records(served).size(), std::size_t{served});
    hold->open();
    for (const auto& one : waiting) one->reset();
  }
}

}  // namespace
}  // namespace ccnproxy::integration
