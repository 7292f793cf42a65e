// How requests are placed on connections: stream limits, the first burst, the protocol that is
// negotiated, and origins that break HTTP/2.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

using Clients = std::vector<std::unique_ptr<RawClient>>;

/// `count` clients, each with a request in flight.
Clients send_from_many(Proxy& proxy, std::size_t count, const std::string& request) {
  Clients clients;
  for (std::size_t i = 0; i < count; ++i) {
    clients.push_back(std::make_unique<RawClient>(proxy.daemon.address()));
    clients.back()->send(request);
  }
  return clients;
}

std::vector<int> statuses(Clients& clients) {
  std::vector<int> all;
  for (auto& client : clients) all.push_back(client->read_response().status);
  return all;
}

/// Takes `burst` requests before it says SETTINGS: two streams at once. The others it refuses.
void announce_late(OriginConnection& connection, std::size_t burst) {
  Http2Peer peer(connection);
  // SETTINGS must be the first that it sends (RFC 9113 §3.4), so it is polite later.
  peer.manners = {.ack_settings = false, .ack_pings = false, .return_windows = false};
  peer.preface();
  std::vector<std::uint32_t> streams;
  while (streams.size() < burst) streams.push_back(peer.want_request().stream_id);
  peer.write_settings({{h2::MaxConcurrentStreams, 2}});
  peer.write_settings_ack();
  for (std::size_t i = 2; i < burst; ++i) peer.write_rst(streams[i], h2::RefusedStream);
  for (std::size_t i = 0; i < 2; ++i)
    peer.write_headers(streams[i], {{":status", "200"}}, h2::EndStream);
  peer.want_end(Deadline::never());
}

TEST(OriginStreams, F022_a_burst_before_settings_ends_well_and_the_limit_is_remembered) {
  constexpr std::size_t burst = 50;
  Service service(standard_answers, {.max_streams = 2});
  OriginAndProxy both(
      speaking({"h2"}),
      [&service](OriginConnection& c) { c.number() == 0 ? announce_late(c, burst) : service(c); },
      one_worker().set("pool.max_connections", "3"));
  auto clients = send_from_many(both.proxy, burst, post_request("/echo", "money"));
  EXPECT_THAT(statuses(clients), Each(200));
  EXPECT_EQ(service.stats().requests, burst - 2);
  EXPECT_EQ(service.stats().over_limit, 0U);  // new connections knew it from their first stream
  const auto all = outcomes(both.proxy.records(burst));
  EXPECT_EQ(std::count(all.begin(), all.end(), "200"), 2);
  EXPECT_EQ(std::count(all.begin(), all.end(), "200 retries=1 refused"), 48);
}

TEST(OriginStreams, F022_a_limit_that_is_known_is_never_exceeded) {
  Service service(standard_answers, {.max_streams = 2});
  OriginAndProxy both(speaking({"h2"}), service, one_worker().set("pool.max_connections", "1"));
  EXPECT_EQ(both.proxy.get().status, 200);
  auto clients = send_from_many(both.proxy, 50, post_request("/echo", "money"));
  EXPECT_THAT(statuses(clients), Each(200));
  EXPECT_EQ(service.stats().over_limit, 0U);
  EXPECT_EQ(both.origin.accepts(), 1U);
  EXPECT_THAT(outcomes(both.proxy.records(51)), Each("200"));
}

TEST(OriginStreams, F023_at_the_limit_another_connection_is_opened_and_then_requests_wait) {
  const auto hold = std::make_shared<Latch>();
  Service service(
      [&hold](const Request& request) {
        return request.target == "/" ? Response{.body = "ok", .held_by = hold} : Response{};
      },
      {.max_streams = 1});
  OriginAndProxy both(speaking({"h2"}), service, one_worker().set("pool.max_connections", "2"));
  Clients clients;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(both.proxy.get("/now").status, 200);  // the connection's limit is known after it
    auto more = send_from_many(both.proxy, 1, get_request());
    clients.push_back(std::move(more.front()));
    both.origin.wait_for_requests(2 * clients.size());
  }
  auto third = send_from_many(both.proxy, 1, get_request());
  hold->open();
  EXPECT_THAT(statuses(clients), Each(200));
  EXPECT_THAT(statuses(third), Each(200));
  EXPECT_EQ(both.origin.accepts(), 2U);
  EXPECT_EQ(service.stats().over_limit, 0U);
  EXPECT_THAT(outcomes(both.proxy.records(5)), Each("200"));
}

TEST(OriginStreams, F023_a_request_that_waits_too_long_is_told_so) {
  const auto hold = std::make_shared<Latch>();
  Service service(
      [&hold](const Request& request) {
        return request.target == "/" ? Response{.body = "ok", .held_by = hold} : Response{};
      },
      {.max_streams = 1});
  DaemonConfig config = one_worker().set("pool.max_connections", "1");
  for (const auto* timeout : {"timeouts.dns", "timeouts.connect", "timeouts.tls"})
    config.set(timeout, "1s");  // the queue's deadline is their sum
  OriginAndProxy both(speaking({"h2"}), service, config);
  EXPECT_EQ(both.proxy.get("/now").status, 200);  // the connection's limit is known after it
  auto first = send_from_many(both.proxy, 1, get_request());
  both.origin.wait_for_requests(2);
  const ReceivedResponse response = both.proxy.get();
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(proxy_error(response), "connection_limit_reached");
  EXPECT_TRUE(response.fields.has("retry-after"));
  hold->open();
  EXPECT_THAT(statuses(first), Each(200));
  EXPECT_THAT(outcomes(both.proxy.records(3)),
              ElementsAre("200", "503 connection_limit_reached/proxy/queue", "200"));
}

class OriginBurst : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginBurst, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

TEST_P(OriginBurst, F030_200_first_requests_at_once) {
  constexpr std::size_t many = 200;
  Service service(standard_answers);
  OriginAndProxy both(speaking({GetParam()}), service,
                      one_worker().set("pool.max_connections", "1000"));
  auto clients = send_from_many(both.proxy, many, get_request());
  EXPECT_THAT(statuses(clients), Each(200));
  if (GetParam() == "h2") {
    EXPECT_LE(both.origin.accepts(), 2U);  // 100 streams are what a connection is trusted with
  } else {
    EXPECT_LE(both.origin.accepts(), many);
  }
  EXPECT_THAT(outcomes(both.proxy.records(many)), Each("200"));
}

TEST_P(OriginBurst, F030_100_first_requests_share_one_dial) {
  constexpr std::size_t many = 100;
  const auto hold = std::make_shared<Latch>();
  Service service([&hold](const Request&) { return Response{.body = "ok", .held_by = hold}; });
  OriginAndProxy both(speaking({GetParam()}), service);
  auto clients = send_from_many(both.proxy, many, get_request());
  both.origin.wait_for_requests(many);
  EXPECT_EQ(both.origin.accepts(), GetParam() == "h2" ? 1U : many);
  hold->open();
  EXPECT_THAT(statuses(clients), Each(200));
}

TEST_P(OriginBurst, F031_the_protocol_is_the_one_that_was_negotiated_and_is_logged) {
  Service service([](const Request& request) { return Response{.body = request.version}; });
  OriginAndProxy both(speaking({GetParam()}), service);
  EXPECT_EQ(both.proxy.get().body, GetParam() == "h2" ? "HTTP/2" : "HTTP/1.1");
  const Record record = both.proxy.record();
  EXPECT_EQ(record.get("protocol"), GetParam());
  EXPECT_EQ(record.get("address"), both.origin.endpoint());
  EXPECT_EQ(record.get("origin"), "https://api.test");
}

TEST(OriginProtocol, F031_h2_is_offered_and_preferred) {
  OriginAndProxy both(speaking({"h2", "http/1.1"}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  EXPECT_TRUE(side.is_h2());
  EXPECT_THAT(side.connection().tls().offered_alpn, ElementsAre("h2", "http/1.1"));
  EXPECT_FALSE(side.connection().tls().offered_early_data);  // F044
}

TEST(OriginProtocol, F032_an_origin_may_change_its_protocol_with_every_connection) {
  Service service([](const Request& request) { return Response{.body = request.version}; });
  OriginAndProxy both(speaking({"h2"}), service);
  for (const std::string alpn : {"h2", "http/1.1", "h2", "http/1.1"}) {
    both.origin.reconfigure([&alpn](OriginOptions& options) { options.alpn = {alpn}; });
    both.origin.drop_connections(ScriptedOrigin::Drop::CloseNotify);
    const ReceivedResponse response = both.proxy.get();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, alpn == "h2" ? "HTTP/2" : "HTTP/1.1");
  }
  EXPECT_EQ(both.origin.accepts(), 4U);
}

TEST(OriginProtocol, an_origin_without_alpn_speaks_http1) {
  Service service(standard_answers);
  OriginAndProxy both(speaking({}), service);
  EXPECT_EQ(both.proxy.get().status, 200);
  EXPECT_EQ(both.proxy.record().get("protocol"), "http/1.1");
}

/// An HTTP/2 origin that a test takes apart.
class OriginBreaksHttp2 : public ::testing::Test {
 protected:
  void SetUp() override { client.send(get_request()); }
  void expect_502(const std::string& type) {
    const ReceivedResponse response = client.read_response();
    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), type);
    EXPECT_EQ(both.proxy.record().outcome(), "502 " + type + "/origin/response");
    EXPECT_EQ(both.origin.accepts(), 1U);
  }
  OriginAndProxy both{speaking({"h2"})};
  RawClient client = both.proxy.client();
};

TEST_F(OriginBreaksHttp2, F035_a_push_is_a_connection_error) {
  OriginSide side(both.origin);
  const Request request = side.read_request();
  side.peer().write_raw_frame(h2::PushPromise, h2::EndHeaders, request.stream_id,
                              std::string("\0\0\0\2\x82", 5));
  EXPECT_EQ(side.peer().want_goaway().error_code(), h2::ProtocolError);
  expect_502("http_protocol_error");
}

TEST_F(OriginBreaksHttp2, F070_an_impossible_setting_is_a_connection_error) {
  OriginSide side(both.origin);
  side.read_request();
  side.peer().write_settings({{h2::InitialWindowSize, 0x80000000U}});
  EXPECT_EQ(side.peer().want_goaway().error_code(), h2::FlowControlError);
  expect_502("http_protocol_error");
}

TEST_F(OriginBreaksHttp2, F070_a_window_that_overflows_is_an_error) {
  OriginSide side(both.origin);
  side.read_request();
  side.peer().write_window_update(0, 0x7fffffff);
  EXPECT_EQ(side.peer().want_goaway().error_code(), h2::FlowControlError);
  expect_502("http_protocol_error");
}

TEST(OriginSilence, F038_an_origin_that_never_sends_settings_is_left) {
  OriginAndProxy both(
      speaking({"h2"}), [](OriginConnection& c) { c.read_to_end(Deadline::never()); },
      one_worker().set("timeouts.tls", "300ms"));
  const ReceivedResponse response = both.proxy.get();
  EXPECT_EQ(response.status, 504);
  EXPECT_EQ(proxy_error(response), "connection_timeout");
  EXPECT_EQ(both.proxy.record().get("type"), "connection_timeout");
  both.origin.wait_for_open(0);
}

/// Its deadline passes while it waits for a connection: that is its end, and the connection that
/// becomes free is for others.
TEST(OriginQueue, F025_who_gave_up_in_the_queue_gets_no_connection) {
  OriginAndProxy both(
      speaking({"http/1.1"}), nullptr,
      one_worker().set("pool.max_connections", "1").set("timeouts.body_idle", "300ms"));
  RawClient first = both.proxy.client();
  first.send(get_request("/first"));
  OriginSide side(both.origin);
  side.read_request();
  RawClient second = both.proxy.client();
  second.send("POST /second HTTP/1.1\r\nHost: " + std::string(host) +
              "\r\nContent-Length: 9\r\n\r\nhalf");
  EXPECT_EQ(second.read_response("POST").status, 408);
  side.respond(200, "one");
  EXPECT_EQ(first.read_response().body, "one");
  first.send(get_request("/third"));
  EXPECT_EQ(side.read_request().target, "/third");
  side.respond(200, "three");
  EXPECT_EQ(first.read_response().body, "three");
}

}  // namespace
}  // namespace ccnproxy::integration
