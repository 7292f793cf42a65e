// How long a client's connection lives, and that what is on it stays in order.
#include "client_fixture.h"

namespace ccnproxy::integration {
namespace {

class ClientConnection : public ::testing::TestWithParam<std::string> {};

INSTANTIATE_TEST_SUITE_P(Origins, ClientConnection, ::testing::Values("h2", "http/1.1", "plain"),
                         origin_name);

/// Bodies by target: "/NUMBER" is answered that many milliseconds late, with the target; POST is
/// echoed; "/chunked" has no length.
Response answer(const Request& request) {
  if (request.method == "POST") return {.body = request.body};
  if (request.target == "/chunked") return {.body = "in chunks", .chunked = true};
  return {.body = request.target,
          .delay = Patience(std::strtol(request.target.c_str() + 1, nullptr, 10))};
}

TEST_P(ClientConnection, carries_many_requests) {
  OneOrigin proxy(GetParam(), Service(answer));
  RawClient client = proxy.connect();
  for (int i = 0; i < 100; ++i) {
    const auto response = client.get(proxy.label_host, "/x" + std::to_string(i));
    ASSERT_EQ(response.body, "/x" + std::to_string(i)) << response.problem;
    ASSERT_FALSE(response.fields.has("connection"));
  }
  EXPECT_EQ(proxy.origin.requests(), 100U);
}

TEST_P(ClientConnection, F077_pipelined_requests_are_answered_in_order) {
  OneOrigin proxy(GetParam(), Service(answer));
  RawClient client = proxy.connect();
  std::string requests;
  for (int i = 10; i > 0; --i)  // each would be ready before the one in front of it
    requests += head("GET /" + std::to_string(i) + " HTTP/1.1", proxy.label_host);
  client.send(requests);
  for (int i = 10; i > 0; --i) EXPECT_EQ(client.read_response().body, "/" + std::to_string(i));
}

TEST_P(ClientConnection, F077_a_body_that_looks_like_a_request_is_none) {
  OneOrigin proxy(GetParam(), Service(answer));
  const std::string disguised = head("GET /evil HTTP/1.1", proxy.label_host);
  const std::string next = head("GET /next HTTP/1.1", proxy.label_host);
  RawClient client = proxy.connect();
  client.send(head("POST / HTTP/1.1", proxy.label_host,
                   "Content-Length: " + std::to_string(disguised.size()) + "\r\n") +
              disguised + next);
  EXPECT_EQ(client.read_response().body, disguised);
  EXPECT_EQ(client.read_response().body, "/next");
  std::ostringstream size;
  size << std::hex << disguised.size();
  client.send(head("POST / HTTP/1.1", proxy.label_host, "Transfer-Encoding: chunked\r\n") +
              size.str() + "\r\n" + disguised + "\r\n0\r\n\r\n" + next);
  EXPECT_EQ(client.read_response().body, disguised);
  EXPECT_EQ(client.read_response().body, "/next");
  EXPECT_EQ(proxy.origin.requests(), 4U);
}

TEST_P(ClientConnection, F077_what_follows_a_refused_upload_is_not_read_as_a_request) {
  OneOrigin proxy(GetParam(), Service(answer));
  const std::string disguised = head("GET /evil HTTP/1.1", proxy.label_host);
  const std::string refused = head("POST / HTTP/1.1", "no-label.test",
                                   "Content-Length: " + std::to_string(disguised.size()) + "\r\n");
  for (const bool together : {true, false}) {
    RawClient client = proxy.connect();
    client.send(together ? refused + disguised : refused);
    const auto response = client.read_response();
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.fields.get("connection"), "close");
    if (!together) client.send(disguised);
    EXPECT_EQ(client.read_to_end(), "");
  }
  EXPECT_EQ(proxy.origin.requests(), 0U);
}

TEST_P(ClientConnection, F110_http_1_0_ends_with_the_response_and_has_no_chunks) {
  OneOrigin proxy(GetParam(), Service(answer));
  for (const std::string target : {"/x", "/chunked"}) {
    RawClient client = proxy.connect();
    const auto response = client.roundtrip(head("GET " + target + " HTTP/1.0", proxy.label_host));
    EXPECT_EQ(response.body, target == "/x" ? "/x" : "in chunks");
    EXPECT_FALSE(response.fields.has("transfer-encoding"));
    EXPECT_EQ(response.fields.get("connection"), "close");
    EXPECT_TRUE(response.complete()) << response.problem;
    EXPECT_EQ(client.read_to_end(), "");
    EXPECT_EQ(client.end(), StreamEnd::Fin);
  }
}

TEST_P(ClientConnection, F110_http_1_0_may_ask_for_keep_alive) {
  OneOrigin proxy(GetParam(), Service(answer));
  RawClient client = proxy.connect();
  const auto ask = [&](const std::string& target) {
    return client.roundtrip(
        head("GET " + target + " HTTP/1.0", proxy.label_host, "Connection: keep-alive\r\n"));
  };
  for (int i = 0; i < 3; ++i) {
    const auto response = ask("/x");
    EXPECT_EQ(response.body, "/x");
    EXPECT_EQ(response.fields.get("connection"), "keep-alive");
  }
  const auto unknown_length = ask("/chunked");  // only the connection's end can end it
  EXPECT_EQ(unknown_length.body, "in chunks");
  EXPECT_TRUE(unknown_length.ended_by_close);
  EXPECT_TRUE(unknown_length.complete());
}

TEST_P(ClientConnection, F110_ends_when_the_client_says_close) {
  OneOrigin proxy(GetParam(), Service(answer));
  for (const std::string value : {"close", "CLOSE", "x-a, close", "keep-alive, close"}) {
    RawClient client = proxy.connect();
    const auto response = client.roundtrip(
        head("GET /chunked HTTP/1.1", proxy.label_host, "Connection: " + value + "\r\n"));
    EXPECT_EQ(response.body, "in chunks");
    EXPECT_EQ(response.fields.get("connection"), "close");
    EXPECT_EQ(client.read_to_end(), "") << value;
    EXPECT_EQ(client.end(), StreamEnd::Fin);
  }
}

TEST_P(ClientConnection, F110_what_is_pipelined_behind_a_close_is_not_answered) {
  OneOrigin proxy(GetParam(), Service(answer));
  RawClient client = proxy.connect();
  client.send(head("GET /1 HTTP/1.1", proxy.label_host, "Connection: close\r\n") +
              head("GET /2 HTTP/1.1", proxy.label_host));
  EXPECT_EQ(client.read_response().body, "/1");
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_EQ(client.end(), StreamEnd::Fin);
  EXPECT_EQ(proxy.origin.requests(), 1U);
}

TEST_P(ClientConnection, takes_a_request_that_comes_byte_by_byte) {
  OneOrigin proxy(GetParam(), Service(answer));
  RawClient client = proxy.connect();
  const std::string request =
      head("POST / HTTP/1.1", proxy.label_host, "Transfer-Encoding: chunked\r\n") +
      "5;x=\"y\"\r\nhello\r\n6\r\n world\r\n0\r\nX-Sum: 1\r\n\r\n" +
      head("GET /next HTTP/1.1", proxy.label_host);
  for (const char c : request) client.send(std::string(1, c));
  EXPECT_EQ(client.read_response().body, "hello world");
  EXPECT_EQ(client.read_response().body, "/next");
}

TEST_P(ClientConnection, F113_a_response_to_head_has_the_length_and_no_body) {
  OneOrigin proxy(GetParam(), Service(standard_answers));
  RawClient client = proxy.connect();
  client.send(head("HEAD /bytes/1000 HTTP/1.1", proxy.label_host) +
              head("GET /bytes/10 HTTP/1.1", proxy.label_host));
  const auto first = client.read_response("HEAD");
  EXPECT_EQ(first.fields.get("content-length"), "1000");
  EXPECT_EQ(client.read_response().body, pattern(0, 10));
}

}  // namespace
}  // namespace ccnproxy::integration
