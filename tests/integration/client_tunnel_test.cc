// Upgrade (WebSocket and the like) with `tunnel_upgrades`: a tunnel after the origin's 101, and not
// a byte before it.
#include <csignal>
#include <optional>
#include <thread>

#include "access_line.h"
#include "tunnel_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Waits until the other side has ended the connection.
std::string bytes_until_end(RawClient& client) { return client.read_to_end(); }

class ClientTunnel : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Origins, ClientTunnel, ::testing::Values("http/1.1", "plain"),
                         origin_name);

TEST_P(ClientTunnel, F078_bytes_go_both_ways_after_the_101_and_none_before) {
  Tunnels proxy(GetParam());
  RawClient client = proxy.connect();
  client.send(proxy.request() + "early");
  const auto origin = proxy.origin.accept();
  const Request request = origin->read_request_head();
  EXPECT_EQ(request.target, "/chat");
  EXPECT_EQ(request.authority, "api.test");
  EXPECT_EQ(request.fields.get("upgrade"), "websocket");
  EXPECT_EQ(request.fields.get("connection"), "Upgrade");
  EXPECT_EQ(request.fields.get("sec-websocket-key"), "x");
  origin->stream().pause(Patience(100));  // what must not come has time to
  char byte = 0;
  EXPECT_THAT(origin->stream().unasked(), IsEmpty());
  EXPECT_EQ(origin->stream().try_read(&byte, 1).outcome, Stream::Outcome::WouldBlock);
  origin->write(agreed + "hello");
  const std::string answer = client.read_until("\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(answer, HasSubstr("Upgrade: websocket\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: Upgrade\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: y\r\n"));
  EXPECT_THAT(answer, HasSubstr("Via: 1.1 ccnproxy-"));
  EXPECT_EQ(client.read_exact(5), "hello");
  EXPECT_EQ(origin->read_exact(5), "early");
  for (int i = 0; i < 20; ++i) {
    client.send("GET / HTTP/1.1\r\n\r\n");  // means nothing here any more
    EXPECT_EQ(origin->read_exact(18), "GET / HTTP/1.1\r\n\r\n");
    origin->write("HTTP/1.1 200 OK\r\n");
    EXPECT_EQ(client.read_exact(17), "HTTP/1.1 200 OK\r\n");
  }
  EXPECT_TRUE(proxy.daemon->access_records().empty());
  client.close();
  EXPECT_EQ(origin->read_to_end(), "");
  const AccessLine record(proxy.daemon->wait_for_access_records(1).front());
  EXPECT_EQ(record.get("status"), "101");
  EXPECT_EQ(record.get("bytes_in"), std::to_string(5 + 20 * 18));
  EXPECT_EQ(record.get("bytes_out"), std::to_string(5 + 20 * 17));
  EXPECT_EQ(record.get("protocol"), "http/1.1");
  EXPECT_FALSE(record.has("error.type"));
}

TEST_P(ClientTunnel, F082_what_was_sent_before_an_end_arrives_and_so_does_the_end) {
  constexpr std::size_t size = 5'000'000;
  Tunnels proxy(GetParam());
  {
    Open tunnel(proxy);
    std::thread sender([&] {
      tunnel.origin->write(pattern(0, size));
      tunnel.origin->close();
    });
    const std::string got = bytes_until_end(tunnel.client);
    sender.join();
    EXPECT_EQ(got.size(), size);
    EXPECT_TRUE(got == pattern(0, size));
    EXPECT_EQ(tunnel.client.end(), StreamEnd::Fin);
  }
  Open tunnel(proxy);
  std::thread sender([&] {
    tunnel.client.send(pattern(0, size));
    tunnel.client.close();
  });
  const std::string got = tunnel.origin->read_to_end();
  sender.join();
  EXPECT_TRUE(got == pattern(0, size)) << got.size();
}

TEST_P(ClientTunnel, F062_who_does_not_read_stops_who_sends) {
  constexpr std::uint64_t far_too_much = 64'000'000;
  Tunnels proxy(GetParam());
  Open tunnel(proxy);
  const auto sent = tunnel.client.send_until_blocked(Patience(500), far_too_much);
  EXPECT_LT(sent, far_too_much);
  EXPECT_GT(sent, 0U);
  EXPECT_TRUE(tunnel.origin->read_exact(sent) == pattern(0, sent));
  tunnel.client.send("on");
  EXPECT_EQ(tunnel.origin->read_exact(2), "on");
}

TEST_P(ClientTunnel, an_answer_other_than_101_is_a_response_like_any_other) {
  Tunnels proxy(GetParam());
  RawClient client = proxy.connect();
  for (int i = 0; i < 2; ++i) {
    client.send(proxy.request("/" + std::to_string(i)));
    const auto origin = proxy.origin.accept();  // a connection of its own each time
    EXPECT_EQ(origin->read_request_head().target, "/" + std::to_string(i));
    origin->respond(200, "no tunnel");
    EXPECT_EQ(client.read_response().body, "no tunnel");
    EXPECT_EQ(origin->read_to_end(), "");  // and never used again
  }
  const auto records = proxy.daemon->wait_for_access_records(2);
  EXPECT_EQ(AccessLine(records[1]).get("status"), "200");
}

TEST_P(ClientTunnel, F078_what_was_meant_for_a_tunnel_that_is_refused_goes_nowhere) {
  Tunnels proxy(GetParam());
  RawClient client = proxy.connect();
  client.send(proxy.request() + head("GET /smuggled HTTP/1.1", proxy.label_host));
  const auto origin = proxy.origin.accept();
  origin->read_request_head();
  origin->respond(403, "no");
  EXPECT_EQ(origin->read_to_end(), "");
  EXPECT_EQ(client.read_response().status, 403);
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(proxy.daemon->wait_for_access_records(1).size(), 1U);
}

TEST_P(ClientTunnel, a_reset_is_passed_on) {
  Tunnels proxy(GetParam());
  Open tunnel(proxy);
  tunnel.origin->reset();
  bytes_until_end(tunnel.client);
  EXPECT_EQ(tunnel.client.end(), StreamEnd::Reset);
  const AccessLine record(proxy.daemon->wait_for_access_records(1).front());
  EXPECT_EQ(record.get("error.type"), "connection_terminated");
  EXPECT_EQ(record.get("error.side"), "origin");
}

TEST_P(ClientTunnel, ends_when_nothing_goes_through_it) {
  Tunnels proxy(GetParam(), [](auto& config) { config.set("timeouts.tunnel_idle", "300ms"); });
  Open tunnel(proxy);
  tunnel.client.send("a");
  EXPECT_EQ(tunnel.origin->read_exact(1), "a");
  EXPECT_EQ(bytes_until_end(tunnel.client), "");
  EXPECT_EQ(tunnel.origin->read_to_end(), "");
  const AccessLine record(proxy.daemon->wait_for_access_records(1).front());
  EXPECT_THAT(record.get("error.detail"), HasSubstr("tunnel_idle"));
}

TEST_P(ClientTunnel, F100_ends_with_the_drains_deadline) {
  Tunnels proxy(GetParam());  // which is one second
  Open tunnel(proxy);
  proxy.daemon->signal(SIGTERM);
  proxy.daemon->wait_for_log("draining");
  tunnel.client.send("still here");
  EXPECT_EQ(tunnel.origin->read_exact(10), "still here");
  bytes_until_end(tunnel.client);
  EXPECT_EQ(proxy.daemon->wait_for_exit(), 0);
  EXPECT_EQ(proxy.daemon->access_records().size(), 1U);
}

TEST_P(ClientTunnel, F096_counts_as_one_of_the_origins_connections) {
  Tunnels proxy(GetParam(), [](auto& config) { config.set("pool.max_connections", "1"); });
  std::optional<Open> tunnel(std::in_place, proxy);
  const auto refused = proxy.connect().roundtrip(proxy.request());
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(proxy_error(refused), "connection_limit_reached");
  tunnel.reset();
  proxy.daemon->wait_for_access_records(2);
  Open again(proxy);
  EXPECT_THAT(again.answer, HasSubstr(" 101 "));
}

TEST(ClientTunnels, F122_a_connection_to_an_origin_of_both_protocols_offers_http_1_1_alone) {
  ScriptedOrigin origin(speaking({"h2", "http/1.1"}));
  DaemonConfig config = one_worker();
  tunnels(config);
  Proxy proxy(config.origin("api.test", origin.endpoint(), pki().ca_file()));
  RawClient client = proxy.client();
  client.send(get_request("/", ask_fields));
  const auto connection = origin.accept();
  EXPECT_THAT(connection->tls().offered_alpn, ElementsAre("http/1.1"));
  EXPECT_EQ(connection->alpn(), "http/1.1");
  connection->read_request_head();
  connection->write(agreed);
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr(" 101 "));
}

TEST(ClientTunnels, F122_an_origin_that_speaks_only_http2_is_a_502_in_words) {
  Tunnels proxy("h2");
  const auto response = proxy.connect().roundtrip(proxy.request());
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr("an upgrade needs HTTP/1.1"));
  EXPECT_EQ(proxy_error(response), "tls_alert_received");
}

TEST(ClientTunnels, F122_an_upgrade_with_a_body_is_refused_in_words) {
  Tunnels proxy("plain");
  const auto response = proxy.connect().roundtrip(
      head("POST / HTTP/1.1", proxy.label_host, ask_fields + "Content-Length: 5\r\n") + "hello");
  EXPECT_EQ(response.status, 501);
  EXPECT_THAT(response.body, HasSubstr("body"));
  EXPECT_EQ(proxy.origin.accepts(), 0U);
}

TEST(ClientTunnels, F078_a_101_that_says_not_to_what_is_none) {
  Tunnels proxy("plain");
  RawClient client = proxy.connect();
  client.send(proxy.request());
  const auto origin = proxy.origin.accept();
  origin->read_request_head();
  origin->write("HTTP/1.1 101 Switching Protocols\r\n\r\nbytes");
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "http_protocol_error");
}

TEST(ClientTunnels, a_client_that_leaves_while_it_is_dialled_leaves_nothing) {
  Tunnels proxy("plain");
  {
    RawClient client = proxy.connect();
    client.send(proxy.request());
    const auto origin = proxy.origin.accept();
    client.close();
    EXPECT_EQ(origin->read_to_end().find("GET /smuggled"), std::string::npos);
  }
  EXPECT_EQ(AccessLine(proxy.daemon->wait_for_access_records(1).front()).get("status"), "499");
  Open next(proxy);
  EXPECT_THAT(next.answer, HasSubstr(" 101 "));
}

}  // namespace
}  // namespace ccnproxy::integration
