// Origins that choose HTTP/2 and refuse requests by it (HTTP_1_1_REQUIRED).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

class OriginHttp1Required : public ::testing::Test {
 protected:
  RawClient& send(const std::string& request) {
    clients.push_back(std::make_unique<RawClient>(both.proxy.daemon.address()));
    clients.back()->send(request);
    return *clients.back();
  }
  /// Connections from now on must speak HTTP/1.1; they answer with what they are asked, in whatever
  /// order and on whichever of them it comes.
  void serve_http1() {
    both.origin.set_script([](OriginConnection& connection) {
      if (connection.is_h2()) throw Failure("HTTP/2 again");
      for (;;) {
        const Request request = connection.read_request();
        connection.respond(200, request.method + " " + request.target + request.body);
      }
    });
  }

  OriginAndProxy both{speaking({"h2", "http/1.1"})};
  std::vector<std::unique_ptr<RawClient>> clients;
};

TEST_F(OriginHttp1Required, F128_on_a_stream_sends_the_request_again_and_the_next_at_once) {
  RawClient& first_client = send(get_request("/a"));
  OriginSide first(both.origin);
  ASSERT_TRUE(first.is_h2());
  const auto stream = first.read_request().stream_id;
  serve_http1();
  first.peer().write_rst(stream, h2::Http11Required);
  EXPECT_EQ(first_client.read_response().body, "GET /a");
  EXPECT_EQ(send(get_request("/b")).read_response().body, "GET /b");
  EXPECT_EQ(send(post_request("/c", "money")).read_response().body, "POST /cmoney");
  EXPECT_THAT(outcomes(both.proxy.records(3)),
              UnorderedElementsAre("200 retries=1 refused", "200", "200"));
}

TEST_F(OriginHttp1Required, F128_a_post_arrives_whole_by_http1) {
  const std::string body(20'000, 'm');
  RawClient& client = send(post_request("/pay", body));
  OriginSide first(both.origin);
  const auto stream = first.read_request().stream_id;
  serve_http1();
  first.peer().write_rst(stream, h2::Http11Required);
  EXPECT_EQ(client.read_response().body, "POST /pay" + body);
  EXPECT_EQ(both.proxy.record().outcome(), "200 retries=1 refused");
}

TEST_F(OriginHttp1Required, F128_requests_that_run_at_once_all_go_again) {
  const std::size_t many = 30;  // more than the budget for retries allows
  send(get_request("/0"));
  OriginSide first(both.origin);
  std::vector<std::uint32_t> streams{first.read_request().stream_id};
  for (std::size_t i = 1; i < many; ++i) {
    send(i % 2 == 0 ? get_request("/" + std::to_string(i))
                    : post_request("/" + std::to_string(i), "b"));
    streams.push_back(first.peer().want_request().stream_id);
  }
  serve_http1();
  for (const auto stream : streams) first.peer().write_rst(stream, h2::Http11Required);
  for (std::size_t i = 0; i < many; ++i)
    EXPECT_THAT(clients[i]->read_response().body, HasSubstr(" /" + std::to_string(i)));
  for (const auto& record : both.proxy.records(many))
    EXPECT_EQ(record.outcome(), "200 retries=1 refused");
}

TEST_F(OriginHttp1Required, F128_in_goaway_the_streams_above_the_last_go_again) {
  send(post_request("/0", "below"));
  OriginSide first(both.origin);
  const auto below = first.read_request().stream_id;
  send(post_request("/1", "above"));
  first.peer().want_request();
  send(get_request("/2"));
  first.peer().want_request();
  serve_http1();
  first.peer().write_goaway(below, h2::Http11Required, "use HTTP/1.1");
  EXPECT_EQ(clients[1]->read_response().body, "POST /1above");
  EXPECT_EQ(clients[2]->read_response().body, "GET /2");
  first.connection().close();
  const auto response = clients[0]->read_response();
  EXPECT_EQ(response.status, 502) << "it may have been processed, and is not sent twice";
  EXPECT_THAT(response.body, HasSubstr("HTTP_1_1_REQUIRED, \"use HTTP/1.1\""));
  EXPECT_THAT(outcomes(both.proxy.records(3)),
              UnorderedElementsAre("502 connection_terminated/origin/response",
                                   "200 retries=1 refused", "200 retries=1 refused"));
}

TEST_F(OriginHttp1Required, F128_a_get_that_goaway_covers_goes_again_when_the_connection_ends) {
  RawClient& client = send(get_request("/a"));
  OriginSide first(both.origin);
  const auto stream = first.read_request().stream_id;
  serve_http1();
  first.peer().write_goaway(stream, h2::Http11Required);
  first.connection().close();
  EXPECT_EQ(client.read_response().body, "GET /a");
}

TEST_F(OriginHttp1Required,
       F128_a_body_that_is_not_kept_is_not_sent_again_but_the_next_request_is) {
  const std::string large(200'000, 'l');  // over retries.replay_bytes
  RawClient& client = send(post_request("/large", large));
  OriginSide first(both.origin);
  const auto stream = first.peer().want_headers().stream;
  std::size_t came = 0;
  while (came < 100'000) came += first.peer().want_data(stream).payload.size();
  serve_http1();
  first.peer().write_rst(stream, h2::Http11Required);
  const auto response = client.read_response("POST");
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr("HTTP_1_1_REQUIRED"));
  EXPECT_EQ(send(post_request("/small", "s")).read_response().body, "POST /smalls");
}

TEST(OriginHttp1RequiredOnly, F128_with_h2_alone_configured_it_is_an_error_that_names_the_key) {
  OriginAndProxy both(speaking({"h2", "http/1.1"}), nullptr, one_worker().set("tls.alpn", "[h2]"));
  RawClient client = both.proxy.client();
  client.send(get_request("/a"));
  OriginSide side(both.origin);
  side.peer().write_rst(side.read_request().stream_id, h2::Http11Required);
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr("HTTP_1_1_REQUIRED"));
  EXPECT_THAT(response.body, HasSubstr("tls.alpn"));
  client.send(get_request("/b"));
  EXPECT_EQ(side.read_request().target, "/b") << "the connection is good for others";
  side.respond(200, "b");
  EXPECT_EQ(client.read_response().body, "b");
  EXPECT_EQ(both.origin.accepts(), 1U);
}

TEST(OriginHttp1RequiredOnly, F128_an_origin_that_speaks_no_http1_is_an_error_and_no_loop) {
  OriginOptions options = speaking({"h2"});
  OriginAndProxy both(options);
  RawClient client = both.proxy.client();
  client.send(get_request("/a"));
  OriginSide side(both.origin);
  side.peer().write_rst(side.read_request().stream_id, h2::Http11Required);
  const auto response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr("HTTP_1_1_REQUIRED"));
}

}  // namespace
}  // namespace ccnproxy::integration
