// What an origin says when it ends a connection or a stream reaches the client and the log; what it
// sends that other clients take, reaches the client, too.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// One request to an origin of HTTP/2 that the test plays.
struct OneRequest {
  explicit OneRequest(const std::string& request = get_request("/"),
                      const DaemonConfig& config = one_worker())
      : both(speaking({"h2"}), nullptr, config), client(both.proxy.client()) {
    client.send(request);
    side.emplace(both.origin);
    stream = side->read_request().stream_id;
  }
  Http2Peer& peer() { return side->peer(); }
  /// The next request on the same client connection is answered by the same origin connection.
  void expect_both_connections_live() {
    client.send(get_request("/next"));
    EXPECT_EQ(side->read_request().target, "/next");
    side->respond(200, "next");
    EXPECT_EQ(client.read_response().body, "next");
    EXPECT_EQ(both.origin.accepts(), 1U);
  }

  OriginAndProxy both;
  RawClient client;
  std::optional<OriginSide> side;
  std::uint32_t stream = 0;
};

/// The error is told in the body, in Proxy-Status and in the access log.
void expect_told(OneRequest& one, const std::string& text) {
  const auto response = one.client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr(text));
  std::string quoted;
  for (const char c : text)
    quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  EXPECT_THAT(response.fields.get("proxy-status"), HasSubstr(quoted));
  EXPECT_THAT(one.both.proxy.records(1).front().line(), HasSubstr(quoted));
}

TEST(OriginFarewell, F134_goaways_code_and_text_are_told) {
  OneRequest one(post_request("/", "money"));
  one.peer().write_goaway(one.stream, h2::EnhanceYourCalm, "too_many_pings");
  one.side->connection().close();
  expect_told(one, "GOAWAY (ENHANCE_YOUR_CALM, \"too_many_pings\")");
}

TEST(OriginFarewell, F134_whatever_the_text_is_it_is_harmless) {
  OneRequest one(post_request("/", "money"));
  one.peer().write_goaway(one.stream, h2::InternalError, "a\r\nSet-Cookie: b\xff");
  one.side->connection().close();
  expect_told(one, "GOAWAY (INTERNAL_ERROR, \"a\\x0d\\x0aSet-Cookie: b\\xff\")");
}

TEST(OriginFarewell, F134_a_stream_that_was_never_refused_is_not_said_to_be) {
  // Each try is refused by GOAWAY: the first and retries.attempts more.
  OneRequest one;
  one.peer().write_goaway(0, h2::NoError, "maintenance");
  for (int i = 0; i < 2; ++i) {
    OriginSide again(one.both.origin);
    again.read_request();
    again.peer().write_goaway(0, h2::NoError, "maintenance");
    again.peer().want_end();
  }
  const auto response = one.client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_THAT(response.body, HasSubstr("GOAWAY (NO_ERROR, \"maintenance\")"));
  EXPECT_THAT(response.body, Not(HasSubstr("REFUSED_STREAM")));
}

TEST(OriginFarewell, F134_a_resets_code_is_told) {
  OneRequest one(post_request("/", "money"));
  one.peer().write_rst(one.stream, h2::EnhanceYourCalm);
  expect_told(one, "RST_STREAM, ENHANCE_YOUR_CALM");
}

TEST(OriginHttp2Leniency, F132_values_with_white_space_around_them_reach_the_client_without_it) {
  OneRequest one(get_request("/", "TE: trailers\r\n"));
  one.peer().write_headers(
      one.stream,
      {{":status", "200"}, {"x-a", " b c \t"}, {"content-type", "text/plain "}, {"x-empty", "  "}});
  one.peer().write_data(one.stream, "body");
  one.peer().write_headers(one.stream, {{"x-sum", "\t1 "}}, h2::EndStream);
  const auto response = one.client.read_response();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.fields.get("x-a"), "b c");
  EXPECT_EQ(response.fields.get("content-type"), "text/plain");
  EXPECT_EQ(response.fields.get("x-empty"), "");
  EXPECT_EQ(response.body, "body");
  EXPECT_EQ(response.trailers.get("x-sum"), "1");
  one.expect_both_connections_live();
}

TEST(OriginHttp2Leniency, F132_a_name_with_white_space_is_an_error_that_names_it) {
  OneRequest one;
  one.peer().write_headers(one.stream, {{":status", "200"}, {"x-a ", "b"}}, h2::EndStream);
  expect_told(one, "field \"x-a \"");
}

struct Bodiless {
  const char* method;
  const char* status;
};

class OriginBodiless : public ::testing::TestWithParam<Bodiless> {};
INSTANTIATE_TEST_SUITE_P(All, OriginBodiless,
                         ::testing::Values(Bodiless{"HEAD", "200"}, Bodiless{"HEAD", "404"},
                                           Bodiless{"GET", "204"}, Bodiless{"GET", "304"}),
                         [](const auto& of) {
                           return std::string(of.param.method) + of.param.status;
                         });

TEST_P(OriginBodiless, F140_data_costs_the_stream_and_not_the_answer_nor_the_clients_connection) {
  for (const std::size_t size : {5U, 15'000U}) {
    OneRequest one(std::string(GetParam().method) + " / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    one.peer().write_headers(one.stream, {{":status", GetParam().status}, {"x-a", "b"}});
    one.peer().write_data(one.stream, std::string(size, 'd'), h2::EndStream);
    const auto response = one.client.read_response(GetParam().method);
    EXPECT_EQ(std::to_string(response.status), GetParam().status);
    EXPECT_EQ(response.fields.get("x-a"), "b");
    EXPECT_EQ(response.body, "");
    one.expect_both_connections_live();
    EXPECT_THAT(outcomes(one.both.proxy.records(2)), ::testing::Contains(GetParam().status));
  }
}

TEST(OriginFieldCase, F142_names_from_http2_reach_clients_in_canonical_case) {
  OneRequest one(get_request("/", "TE: trailers\r\n"));
  one.peer().write_headers(one.stream, {{":status", "103"}, {"x-early-hint", "1"}});
  one.peer().write_headers(one.stream, {{":status", "200"},
                                        {"content-type", "text/plain"},
                                        {"etag", "\"1\""},
                                        {"www-authenticate", "Basic"},
                                        {"x-ratelimit-remaining", "9"}});
  one.peer().write_data(one.stream, "body");
  one.peer().write_headers(one.stream, {{"x-check-sum", "1"}}, h2::EndStream);
  const auto text = one.client.read_until("0\r\nX-Check-Sum: 1\r\n\r\n");
  for (const std::string line : {"X-Early-Hint: 1", "Content-Type: text/plain", "ETag: \"1\"",
                                 "WWW-Authenticate: Basic", "X-RateLimit-Remaining: 9"})
    EXPECT_THAT(text, HasSubstr("\r\n" + line + "\r\n"));
}

TEST(OriginFieldCase, F142_or_as_they_came) {
  OneRequest one(get_request("/", "TE: trailers\r\n"),
                 one_worker().set("field_case", "as_received"));
  one.peer().write_headers(one.stream, {{":status", "200"}, {"etag", "\"1\""}, {"x-a", "b"}});
  one.peer().write_data(one.stream, "body");
  one.peer().write_headers(one.stream, {{"x-check-sum", "1"}}, h2::EndStream);
  const auto text = one.client.read_until("0\r\nx-check-sum: 1\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("\r\netag: \"1\"\r\nx-a: b\r\n"));
}

TEST(OriginFieldCase, F142_names_from_http1_origins_are_left_alone) {
  OriginAndProxy both(speaking({"http/1.1"}));
  RawClient client = both.proxy.client();
  client.send(get_request("/"));
  OriginSide side(both.origin);
  side.read_request();
  side.connection().write("HTTP/1.1 200 OK\r\netag: 1\r\nX-mIXed: 2\r\nContent-Length: 0\r\n\r\n");
  const auto text = client.read_until("\r\n\r\n");
  EXPECT_THAT(text, HasSubstr("\r\netag: 1\r\nX-mIXed: 2\r\n"));
}

TEST(OriginWindows, F151_settings_that_lift_a_streams_window_too_far_end_the_connection) {
  OneRequest one;
  one.peer().write_window_update(one.stream, 0x7fffffff - 65535);
  one.peer().write_settings({{h2::InitialWindowSize, 65536}});
  EXPECT_EQ(one.peer().want_goaway().error_code(), h2::FlowControlError);
  one.peer().want_end();
  expect_told(one, "SETTINGS_INITIAL_WINDOW_SIZE");
}

}  // namespace
}  // namespace ccnproxy::integration
