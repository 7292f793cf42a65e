// What of a message reaches the other side, byte for byte.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

class OriginMessage : public ::testing::TestWithParam<std::string> {
 protected:
  /// What the origin gets for these bytes; its answer is `answer`.
  Request pass_on(const std::string& request, const std::string& method = "GET") {
    Tally<std::vector<Request>> seen;
    Service service([&seen, this](const Request& got) {
      seen.update([&got](auto& all) { all.push_back(got); });
      return answer;
    });
    OriginAndProxy both(speaking({GetParam()}), service);
    RawClient client = both.proxy.client();
    client.send(request);
    response = client.read_response(method);
    return seen.copy().at(0);
  }
  Response answer{.body = "ok"};
  ReceivedResponse response;
};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginMessage, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

TEST_P(OriginMessage, F060_an_error_of_the_origin_passes_untouched) {
  answer = {
      .status = 503, .fields = {{"Retry-After", "7"}, {"X-Why", "busy"}}, .body = "their page"};
  pass_on(get_request());
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body, "their page");
  EXPECT_EQ(response.fields.get("retry-after"), "7");
  EXPECT_EQ(response.fields.get("x-why"), "busy");
  EXPECT_FALSE(response.fields.has("proxy-status"));
}

TEST_P(OriginMessage, F086_hop_by_hop_fields_stay_with_their_connection) {
  const Request request = pass_on(get_request(
      "/",
      "Connection: close, X-Secret, Host, X-Forwarded-For\r\nX-Secret: 1\r\nKeep-Alive: 5\r\n"
      "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\nTE: gzip\r\n"
      "Upgrade: websocket\r\nX-Forwarded-For: 10.0.0.1\r\nX-Kept: 2\r\n"));
  for (const auto* name : {"connection", "x-secret", "keep-alive", "proxy-connection",
                           "proxy-authorization", "upgrade", "te"})
    EXPECT_FALSE(request.fields.has(name)) << name;
  EXPECT_EQ(request.fields.get("x-kept"), "2");
  EXPECT_EQ(request.fields.get("x-forwarded-for"), "10.0.0.1");
  EXPECT_EQ(request.authority, "api.test");
}

TEST_P(OriginMessage, F117_the_authority_has_a_port_only_where_it_is_not_the_default) {
  EXPECT_EQ(pass_on("GET / HTTP/1.1\r\nHost: api.test.ccnproxy-https:443\r\n\r\n").authority,
            "api.test");
  EXPECT_EQ(pass_on("GET / HTTP/1.1\r\nHost: api.test.ccnproxy-https:8443\r\n\r\n").authority,
            "api.test:8443");
}

/// Every byte that a target can hold (RFC 3986), and what proxies like to tidy up.
TEST_P(OriginMessage, F118_the_target_passes_byte_for_byte) {
  for (const std::string target :
       {"/a%2Fb%2fc//d/../e/./f", "/?a=1&a=2+3%20&b", "/;x=y/@:!$&'()*+,-._~=", "/%7euser/%7Euser",
        "/a?b?c=//d", "/%00%ff", "/?", "//double", "/a|b^c`d{e}f\"g<h>i[j]k\\l"}) {
    const Request request = pass_on(get_request(target));
    EXPECT_EQ(request.target, target);
  }
}

TEST_P(OriginMessage, F141_bytes_above_0x7f_pass_byte_for_byte) {
  std::string high;
  for (int byte = 0x80; byte < 0x100; ++byte) high += static_cast<char>(byte);
  for (const std::string target :
       {"/\xe6\xa4\x9c\xe7\xb4\xa2?q=\xe6\x97\xa5\xe6\x9c\xac", "/caf\xe9", "/?\xff\x80"})
    EXPECT_EQ(pass_on(get_request(target)).target, target);
  EXPECT_EQ(pass_on(get_request("/" + high)).target, "/" + high);
}

/// Fields and their order; only CDN-Loop and the request id are added.
TEST_P(OriginMessage, F119_fields_pass_unchanged_and_only_two_are_added) {
  const Fields sent{
      {"x-b", "2"}, {"accept-encoding", "br"}, {"x-a", "1"},          {"cookie", "a=1; b=2"},
      {"x-b", "3"}, {"x-empty", ""},           {"x-utf8", "\xc3\xa4"}};
  std::string lines;
  for (const auto& [name, value] : sent) lines += name + ": " + value + "\r\n";
  Request request = pass_on(get_request("/", lines));
  std::string loop, id;
  Fields got;
  for (const auto& [name, value] : request.fields) {
    if (same_name(name, "cdn-loop")) {
      loop = value;
    } else if (same_name(name, "x-chocon-req")) {
      id = value;
    } else if (!same_name(name, "host")) {
      got.emplace_back(name, value);
    }
  }
  EXPECT_EQ(got, sent);
  EXPECT_THAT(loop, StartsWith("ccnproxy-"));
  EXPECT_FALSE(id.empty());
  EXPECT_EQ(response.fields.get("x-chocon-req"), id);
}

TEST_P(OriginMessage, F119_a_request_id_of_the_client_is_kept) {
  EXPECT_EQ(pass_on(get_request("/", "X-Chocon-Req: mine\r\n")).fields.get("x-chocon-req"), "mine");
  EXPECT_EQ(response.fields.get("x-chocon-req"), "mine");
}

TEST_P(OriginMessage, F119_fields_of_the_response_pass_unfolded_and_in_order) {
  answer.fields = {{"Set-Cookie", "a=1"}, {"X-Mid", "m"}, {"Set-Cookie", "b=2"}};
  answer.fields.emplace_back("Content-Encoding", "gzip");
  pass_on(get_request());
  std::vector<std::string> seen;
  for (const auto& [name, value] : response.fields) seen.push_back(value);
  seen.resize(4);
  EXPECT_THAT(seen, ElementsAre("a=1", "m", "b=2", "gzip"));
}

TEST_P(OriginMessage, F115_a_length_stays_a_length_and_chunks_stay_chunks) {
  Request request = pass_on(post_request("/", "hello"));
  EXPECT_EQ(request.fields.get("content-length"), "5");
  EXPECT_EQ(request.body, "hello");
  request = pass_on("POST / HTTP/1.1\r\nHost: " + host +
                    "\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
  EXPECT_FALSE(request.fields.has("content-length"));
  EXPECT_EQ(request.body, "hello");
  request = pass_on(post_request("/", ""));
  EXPECT_EQ(request.fields.get("content-length"), "0");
}

TEST_P(OriginMessage, a_request_without_a_body_gets_no_length) {
  const Request request = pass_on(get_request());
  EXPECT_FALSE(request.fields.has("content-length"));
  EXPECT_FALSE(request.fields.has("transfer-encoding"));
}

struct NoBody {
  std::string alpn;
  std::string method;
  int status;
};

class OriginNoBody : public ::testing::TestWithParam<std::tuple<std::string, std::string, int>> {};
INSTANTIATE_TEST_SUITE_P(Matrix, OriginNoBody,
                         ::testing::Combine(::testing::Values("h2", "http/1.1"),
                                            ::testing::Values("GET", "HEAD", "POST"),
                                            ::testing::Values(200, 204, 304, 404)),
                         [](const auto& tested) {
                           return protocol_name(std::get<0>(tested.param)) + "_" +
                                  std::get<1>(tested.param) + "_" +
                                  std::to_string(std::get<2>(tested.param));
                         });

/// Each twice on one client connection: what is left of the first would spoil the second.
TEST_P(OriginNoBody, F113_head_204_and_304_have_no_body_and_keep_the_connection) {
  const auto& [alpn, method, status] = GetParam();
  Service service([status = status](const Request&) {
    return Response{.status = status, .fields = {{"ETag", "\"1\""}}, .body = "four"};
  });
  OriginAndProxy both(speaking({alpn}), service);
  RawClient client = both.proxy.client();
  const bool bodiless = method == "HEAD" || status == 204 || status == 304;
  for (int i = 0; i < 2; ++i) {
    client.send(method + " / HTTP/1.1\r\nHost: " + host + "\r\n" +
                (method == "POST" ? "Content-Length: 0\r\n\r\n" : "\r\n"));
    const ReceivedResponse response = client.read_response(method);
    EXPECT_EQ(response.status, status);
    EXPECT_TRUE(response.complete()) << response.problem;
    EXPECT_EQ(response.body, bodiless ? "" : "four");
    EXPECT_FALSE(response.fields.has("transfer-encoding"));
    EXPECT_FALSE(response.fields.has("connection"));
    EXPECT_EQ(response.fields.get("etag"), "\"1\"");
    if (status == 204) {
      EXPECT_FALSE(response.fields.has("content-length"));
    } else {
      EXPECT_EQ(response.fields.get("content-length"), "4");
    }
  }
  EXPECT_EQ(both.origin.accepts(), 1U);
  both.proxy.records(2);
}

TEST_P(OriginMessage, trailers_reach_a_client_that_accepts_them) {
  answer.trailers = {{"X-Sum", "9"}};
  answer.chunked = true;
  pass_on(get_request("/", "TE: trailers\r\nConnection: TE\r\n"));
  EXPECT_EQ(response.body, "ok");
  EXPECT_EQ(response.trailers.get("x-sum"), "9");
}

TEST_P(OriginMessage, F114_trailers_are_left_out_for_all_others) {
  answer.trailers = {{"X-Sum", "9"}};
  answer.chunked = true;
  pass_on(get_request());
  EXPECT_EQ(response.body, "ok");
  EXPECT_TRUE(response.trailers.empty());
}

/// Answers before the request's body has come.
class OriginAnswersEarly : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr std::uint64_t announced = 50'000'000;
  std::string head() const {
    return "POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: " + std::to_string(announced) +
           "\r\n\r\n";
  }
};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginAnswersEarly, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

/// The client writes on for a while before it looks: the answer must still be there.
TEST_P(OriginAnswersEarly, F112_an_answer_in_the_middle_of_an_upload_reaches_the_client) {
  Service service([](const Request&) { return Response{.status = 403, .body = "no"}; },
                  {.answer_early = true});
  OriginAndProxy both(speaking({GetParam()}), service);
  RawClient client = both.proxy.client();
  client.send(head() + pattern(0, 10'000));
  service.wait_for("the answer", [](const auto& stats) { return stats.responses > 0; });
  client.send(pattern(10'000, 8'000'000));
  const ReceivedResponse response = client.read_response("POST");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body, "no");
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(response.fields.get("connection"), "close");
  EXPECT_EQ(both.proxy.record().outcome(), "403");
  EXPECT_EQ(both.origin.accepts(), 1U);
}

/// F028: RFC 9113 §8.1 lets an origin stop an upload like that; it is no failure.
TEST(OriginAnswersEarlyHttp2, F028_a_reset_without_error_after_the_response_stops_the_upload_only) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 5000000\r\n\r\n" +
              pattern(0, 100'000));
  OriginSide side(both.origin);
  const std::uint32_t stream = side.peer().want_headers().stream;
  side.peer().want_data(stream);
  side.peer().write_headers(stream, {{":status", "403"}}, h2::EndStream);
  side.peer().write_rst(stream, h2::NoError);
  const ReceivedResponse response = client.read_response("POST");
  EXPECT_EQ(response.status, 403);
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(both.proxy.record().outcome(), "403");
  RawClient next = both.proxy.client();
  next.send(get_request("/next"));
  EXPECT_EQ(side.read_request().target, "/next");  // the connection is none the worse
}

}  // namespace
}  // namespace ccnproxy::integration
