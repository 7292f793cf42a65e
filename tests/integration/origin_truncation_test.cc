// A response that ends early is seen by the client as broken, always (F082 to F085).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

enum class Cut { Notify, Fin, Reset };

void cut(OriginConnection& connection, Cut how) {
  if (how == Cut::Notify) connection.close();
  if (how == Cut::Fin) connection.close_without_notify();
  if (how == Cut::Reset) connection.reset();
}

std::string to_string(Cut how) {
  return how == Cut::Notify ? "notify" : how == Cut::Fin ? "fin" : "reset";
}

/// What HTTP/1.1 bytes an origin sends before it cuts the connection.
struct Http1Case {
  std::string name;
  std::string bytes;
  bool whole_by_notify = false;  ///< with close_notify it is no truncation at all
};

const std::string fixed_head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
const std::string chunked_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string close_head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";

std::vector<Http1Case> http1_cases() {
  return {
      {"in_the_status_line", "HTTP/1.1 2"},
      {"in_the_head", "HTTP/1.1 200 OK\r\nContent-Le"},
      {"after_an_interim_head", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"},
      {"after_the_head_with_length", fixed_head},
      {"in_a_body_with_length", fixed_head + std::string(99, 'x')},
      {"after_the_head_with_chunks", chunked_head},
      {"in_a_chunk_size", chunked_head + "6"},
      {"in_a_chunk", chunked_head + "64\r\n" + std::string(10, 'x')},
      {"between_chunks", chunked_head + "a\r\n" + std::string(10, 'x') + "\r\n"},
      {"before_the_last_line", chunked_head + "a\r\n" + std::string(10, 'x') + "\r\n0\r\n"},
      {"in_the_trailers", chunked_head + "a\r\n" + std::string(10, 'x') + "\r\n0\r\nX-Sum: 1\r\n"},
      {"in_a_body_that_ends_by_close", close_head + std::string(10, 'x'), true},
  };
}

/// The head and the first of the body.
std::string read_some_body(RawClient& client) {
  const std::string head = client.read_until("\r\n\r\n");
  return head + client.read_until("x");
}

class OriginTruncatesHttp1 : public ::testing::TestWithParam<std::tuple<Http1Case, Cut>> {};
INSTANTIATE_TEST_SUITE_P(Cuts, OriginTruncatesHttp1,
                         ::testing::Combine(::testing::ValuesIn(http1_cases()),
                                            ::testing::Values(Cut::Notify, Cut::Fin, Cut::Reset)),
                         [](const auto& tested) {
                           return std::get<0>(tested.param).name + "_" +
                                  to_string(std::get<1>(tested.param));
                         });

/// A POST, so that nothing is tried again. The cut waits until the client has all that can reach
/// it, except where nothing can.
TEST_P(OriginTruncatesHttp1, F082_the_client_never_sees_a_complete_response) {
  const auto& [tested, how] = GetParam();
  OriginAndProxy both(speaking({"http/1.1"}));
  RawClient client = both.proxy.client();
  client.send(post_request("/", "money"));
  OriginSide side(both.origin);
  side.read_request();
  side.connection().write(tested.bytes);
  std::string seen;
  if (tested.bytes.ends_with('x')) seen = read_some_body(client);
  cut(side.connection(), how);
  client.stream().unread(seen);
  const ReceivedResponse response = client.read_response("POST");

  const Record record = both.proxy.record();
  EXPECT_EQ(record.get("retries"), "0");
  EXPECT_EQ(both.origin.accepts(), 1U);
  if (tested.whole_by_notify && how == Cut::Notify) {
    EXPECT_TRUE(response.complete());
    EXPECT_EQ(record.outcome(), "200");
    return;
  }
  EXPECT_EQ(record.get("side"), "origin");
  EXPECT_EQ(record.get("phase"), "response");
  if (response.status == 200) {
    EXPECT_FALSE(response.complete()) << response.body;
    EXPECT_EQ(record.get("type"), "http_response_incomplete");
    EXPECT_THAT(response.body, ::testing::MatchesRegex("x*"));  // F083: no error text in it
    EXPECT_NE(response.end, ResponseEnd::Malformed) << response.problem;
  } else {
    EXPECT_EQ(response.status, 502);  // F085: nothing had been sent
    EXPECT_TRUE(response.complete());
    EXPECT_EQ(proxy_error(response), record.get("type"));
  }
}

struct Http2Case {
  std::string name;
  bool with_length;
  std::size_t sent;  ///< of 100 bytes
  bool by_reset;     ///< RST_STREAM rather than the end of the connection
};

class OriginTruncatesHttp2 : public ::testing::TestWithParam<Http2Case> {};
INSTANTIATE_TEST_SUITE_P(
    Cuts, OriginTruncatesHttp2,
    ::testing::Values(Http2Case{"head_with_length_rst", true, 0, true},
                      Http2Case{"head_with_length_close", true, 0, false},
                      Http2Case{"body_with_length_rst", true, 50, true},
                      Http2Case{"body_with_length_close", true, 50, false},
                      Http2Case{"whole_body_with_length_without_end_rst", true, 100, true},
                      Http2Case{"whole_body_with_length_without_end_close", true, 100, false},
                      Http2Case{"head_rst", false, 0, true},
                      Http2Case{"head_close", false, 0, false},
                      Http2Case{"body_rst", false, 50, true},
                      Http2Case{"body_close", false, 50, false}),
    [](const auto& tested) { return tested.param.name; });

TEST_P(OriginTruncatesHttp2, F082_the_client_never_sees_a_complete_response) {
  const Http2Case& tested = GetParam();
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send(post_request("/", "money"));
  OriginSide side(both.origin);
  const std::uint32_t stream = side.read_request().stream_id;
  Fields head{{":status", "200"}};
  if (tested.with_length) head.emplace_back("content-length", "100");
  side.peer().write_headers(stream, head);
  if (tested.sent > 0) side.peer().write_data(stream, std::string(tested.sent, 'x'));
  const std::string seen = tested.sent > 0 ? read_some_body(client) : "";
  if (tested.by_reset) {
    side.peer().write_rst(stream, h2::InternalError);
  } else {
    side.connection().close();
  }
  client.stream().unread(seen);
  const ReceivedResponse response = client.read_response("POST");

  const bool can_be_whole = tested.with_length && tested.sent == 100;
  if (response.status == 200 && !can_be_whole) {
    EXPECT_FALSE(response.complete()) << response.body;
  }
  if (response.status != 200) {
    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(tested.sent, 0U);
    EXPECT_EQ(proxy_error(response), "http_response_incomplete");
  }
  const Record record = both.proxy.record();
  EXPECT_THAT(record.outcome(), ::testing::EndsWith("http_response_incomplete/origin/response"));
  EXPECT_EQ(record.get("bytes_out"), std::to_string(response.body.size()));
}

TEST(OriginTruncates, F082_a_body_shorter_than_its_content_length_is_not_passed_off_as_whole) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  const std::uint32_t stream = side.read_request().stream_id;
  side.peer().write_headers(stream, {{":status", "200"}, {"content-length", "100"}});
  side.peer().write_data(stream, std::string(99, 'x'), h2::EndStream);
  const ReceivedResponse response = client.read_response();
  EXPECT_FALSE(response.status == 200 && response.complete());
  EXPECT_EQ(both.proxy.record().get("side"), "origin");
}

/// Both in one packet: the head must not have been passed on when the reset is read.
TEST(OriginTruncates, F085_a_head_that_is_reset_at_once_becomes_a_status) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send(post_request("/", "money"));
  OriginSide side(both.origin);
  const std::uint32_t stream = side.read_request().stream_id;
  Http2Codec codec;  // a table of its own: this is the connection's first header block
  side.peer().write(codec.headers(stream, {{":status", "200"}, {"content-length", "100"}}) +
                    h2::encode_rst(stream, h2::InternalError));
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(proxy_error(response), "http_response_incomplete");
  EXPECT_EQ(both.proxy.record().outcome(), "502 http_response_incomplete/origin/response");
}

/// An HTTP/1.0 client gets a body without length by the end of its connection: only a reset can
/// tell it of a truncation.
TEST(OriginTruncates, F082_an_http10_client_sees_a_reset) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
  OriginSide side(both.origin);
  const std::uint32_t stream = side.read_request().stream_id;
  side.peer().write_headers(stream, {{":status", "200"}});
  side.peer().write_data(stream, "x");
  client.stream().unread(client.read_until("\r\n\r\nx"));
  side.peer().write_rst(stream, h2::InternalError);
  EXPECT_EQ(client.read_response().end, ResponseEnd::Reset);
}

TEST(OriginTruncates, F042_a_close_without_notify_after_a_framed_body_is_no_truncation) {
  for (const std::string& bytes : {std::string("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
                                   chunked_head + "2\r\nok\r\n0\r\n\r\n"}) {
    OriginAndProxy both(speaking({"http/1.1"}), [&bytes](OriginConnection& c) {
      c.read_request();
      c.write(bytes);
      c.close_without_notify();
    });
    const ReceivedResponse response = both.proxy.get();
    EXPECT_TRUE(response.complete());
    EXPECT_EQ(response.body, "ok");
    EXPECT_EQ(both.proxy.record().outcome(), "200");
  }
}

TEST(OriginTruncates, F084_a_plain_origin_may_end_a_body_by_close) {
  OriginOptions options;
  options.tls = false;
  OriginAndProxy both(options, [](OriginConnection& c) {
    c.read_request();
    c.write(close_head + "all");
  });
  RawClient client = both.proxy.client();
  const ReceivedResponse response = client.get("api.test.ccnproxy");
  EXPECT_TRUE(response.complete());
  EXPECT_EQ(response.body, "all");
}

}  // namespace
}  // namespace ccnproxy::integration
