// An HTTP/2 origin that sends what brings nothing further: the work that it causes is bounded, its
// connection ends, and the next request is answered on another.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

/// A request is in flight on a connection that the test plays.
class OriginFloods : public ::testing::Test {
 protected:
  void SetUp() override {
    client.send(get_request("/flooded"));
    side.emplace(both.origin);
    stream = side->read_request().stream_id;
  }
  /// Sends `bytes` again and again until the daemon has had enough.
  void flood(const std::string& bytes) {
    std::string many;
    for (int i = 0; i < 500; ++i) many += bytes;
    try {
      for (int i = 0; i < 2000; ++i) {
        side->peer().write(many);
        side->peer().sync();
      }
      FAIL() << "a million frames were taken";
    } catch (const PeerGone&) {
    }
  }
  void expect_goaway(std::uint32_t code) {
    EXPECT_EQ(side->peer().want_goaway().error_code(), code);
  }
  void expect_502() {
    const ReceivedResponse response = client.read_response();
    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), "http_protocol_error");
  }
  /// The daemon is none the worse: another connection, and an answer of its own.
  void expect_next_request_is_answered() { expect_next_request_is_answered(client); }
  void expect_next_request_is_answered(RawClient& by) {
    by.send(get_request("/next"));
    OriginSide next(both.origin);
    EXPECT_EQ(next.read_request().target, "/next");
    next.respond(200, "token of /next");
    EXPECT_EQ(by.read_response().body, "token of /next");
    EXPECT_EQ(both.origin.accepts(), 2U);
  }

  OriginAndProxy both{speaking({"h2"})};
  RawClient client = both.proxy.client();
  std::optional<OriginSide> side;
  std::uint32_t stream = 0;
};

struct Flood {
  std::string name;
  std::string frame;
};

class OriginFloodsOf : public OriginFloods, public ::testing::WithParamInterface<Flood> {};
INSTANTIATE_TEST_SUITE_P(Frames, OriginFloodsOf,
                         ::testing::Values(Flood{"ping", h2::encode_ping("12345678", false)},
                                           Flood{"ping_ack", h2::encode_ping("87654321", true)},
                                           Flood{"settings", h2::encode_settings({})},
                                           Flood{"window_update", h2::encode_window_update(0, 1)},
                                           Flood{"priority", h2::encode(h2::Priority, 0, 1,
                                                                        std::string(5, '\0'))},
                                           Flood{"unknown_type", h2::encode(0xbb, 0, 0, "")}),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(OriginFloodsOf, F067_ends_the_connection_with_words) {
  const auto before = both.proxy.daemon.process().rss_kib();
  flood(GetParam().frame);
  expect_goaway(h2::EnhanceYourCalm);
  expect_502();
  expect_next_request_is_answered();
  EXPECT_LT(both.proxy.daemon.process().rss_kib(), before + 64 * 1024);
}

TEST_F(OriginFloods, F067_empty_data_without_end_is_no_response) {
  side->peer().write_headers(stream, {{":status", "200"}});
  client.stream().unread(client.read_until("\r\n\r\n"));
  flood(h2::encode(h2::Data, 0, stream, ""));
  expect_goaway(h2::EnhanceYourCalm);
  EXPECT_FALSE(client.read_response().complete());
  RawClient next = both.proxy.client();
  expect_next_request_is_answered(next);
}

/// All that an honest origin may send beside its responses, and more of it than any does.
TEST_F(OriginFloods, F067_a_busy_origin_is_no_flood) {
  for (int i = 0; i < 500; ++i) {
    side->peer().write_ping("busy");
    side->peer().write_window_update(0, 1);
    side->peer().write_settings({{h2::MaxConcurrentStreams, 100}});
    side->peer().sync();
  }
  side->respond(200, "token of /flooded");
  EXPECT_EQ(client.read_response().body, "token of /flooded");
  EXPECT_EQ(both.origin.accepts(), 1U);
}

class OriginEndlessHead : public OriginFloods, public ::testing::WithParamInterface<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(Sizes, OriginEndlessHead, ::testing::Values(0, 1, 16384),
                         [](const auto& tested) { return std::to_string(tested.param); });

TEST_P(OriginEndlessHead, F066_continuation_without_end_ends_the_connection) {
  // A field that HPACK lets go on for ever: a literal whose length is yet to be reached.
  const std::string begin = std::string("\x88\x00\x01", 3) + "a" + "\x7f\xff\xff\xff\x07";
  side->peer().write_raw_frame(h2::Headers, h2::NoFlags, stream, begin);
  try {
    for (int i = 0; i < 100'000; ++i)
      side->peer().write_raw_frame(h2::Continuation, h2::NoFlags, stream,
                                   std::string(GetParam(), 'x'));
    FAIL() << "a hundred thousand frames were taken";
  } catch (const PeerGone&) {
  }
  expect_502();
  expect_next_request_is_answered();
}

/// The stream's window opens by one byte at a time.
TEST(OriginWindowsOfOneByte, F065_an_upload_goes_on_as_it_may_and_arrives_whole) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send(post_request("/", "0123456789abcdef"));
  OriginSide side(both.origin, {{h2::InitialWindowSize, 1}});
  side.peer().manners.return_windows = false;
  const auto stream = side.peer().want_headers().stream;
  // What left before our SETTINGS came may be more than a byte.
  std::string body;
  while (body.size() < 16) {
    body += side.peer().want_data(stream).content();
    side.peer().write_window_update(stream, 1);
  }
  EXPECT_EQ(body, "0123456789abcdef");
  side.peer().write_headers(stream, {{":status", "200"}, {"content-length", "5"}});
  side.peer().write_data(stream, "whole", h2::EndStream);
  EXPECT_EQ(client.read_response("POST").body, "whole");
}

TEST(OriginWindowsOfOneByte, F065_a_window_that_stays_shut_ends_the_request_not_the_connection) {
  // All of the body is in the connection, which waits for the window.
  OriginAndProxy both(speaking({"h2"}), nullptr,
                      one_worker().set("timeouts.response_head", "300ms"));
  RawClient client = both.proxy.client();
  client.send("POST / HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 100000\r\n\r\n" +
              pattern(0, 100'000));
  OriginSide side(both.origin);
  side.peer().manners.return_windows = false;
  const auto stream = side.peer().want_headers().stream;
  EXPECT_EQ(side.peer().want_rst(stream).error_code(), h2::Cancel);
  EXPECT_EQ(client.read_response("POST").status, 504);
  RawClient next = both.proxy.client();
  next.send(get_request("/next"));
  EXPECT_EQ(side.read_request().target, "/next");
  side.respond(200, "token of /next");
  EXPECT_EQ(next.read_response().body, "token of /next");
  EXPECT_EQ(both.origin.accepts(), 1U);
}

/// Frames for streams that they can't be for (RFC 9113 §5.1): the connection's state is lost.
class OriginWrongStream : public OriginFloods, public ::testing::WithParamInterface<Flood> {};
INSTANTIATE_TEST_SUITE_P(
    Frames, OriginWrongStream,
    ::testing::Values(Flood{"head_on_an_even_stream", h2::encode(h2::Headers, 5, 2, "\x88")},
                      Flood{"head_on_one_not_opened", h2::encode(h2::Headers, 5, 99, "\x88")},
                      Flood{"head_on_stream_0", h2::encode(h2::Headers, 5, 0, "\x88")},
                      Flood{"data_on_one_not_opened", h2::encode(h2::Data, 1, 99, "x")},
                      Flood{"data_on_stream_0", h2::encode(h2::Data, 0, 0, "x")},
                      Flood{"reset_of_one_not_opened", h2::encode_rst(99, 0)},
                      Flood{"continuation_of_nothing", h2::encode(h2::Continuation, 4, 1, "")},
                      Flood{"settings_on_a_stream", h2::encode(h2::Settings, 0, 1, "")},
                      Flood{"ping_on_a_stream", h2::encode(h2::Ping, 0, 1, "12345678")}),
    [](const auto& tested) { return tested.param.name; });

TEST_P(OriginWrongStream, ends_the_connection_and_no_other_request) {
  side->peer().write(GetParam().frame);
  expect_goaway(h2::ProtocolError);
  expect_502();
  expect_next_request_is_answered();
}

/// A body where none may be: never seen, and never the next response's.
TEST(OriginBodyOnHead, F006_over_http2_it_is_left_out) {
  OriginAndProxy both(speaking({"h2"}));
  RawClient client = both.proxy.client();
  client.send("HEAD / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  OriginSide side(both.origin);
  const auto stream = side.read_request().stream_id;
  side.peer().write_headers(stream, {{":status", "200"}, {"content-length", "4"}});
  side.peer().write_data(stream, "evil", h2::EndStream);
  client.read_response("HEAD");
  RawClient next = both.proxy.client();
  next.send(get_request("/next"));
  EXPECT_EQ(side.read_request().target, "/next");
  side.respond(200, "token of /next");
  EXPECT_EQ(next.read_response().body, "token of /next");
  EXPECT_EQ(both.origin.accepts(), 1U);
}

/// Heads that an HTTP/1.1 origin must not send; one connection each, for what follows them can't be
/// told.
class OriginMalformedHttp1 : public ::testing::TestWithParam<std::pair<std::string, std::string>> {
};
INSTANTIATE_TEST_SUITE_P(
    Heads, OriginMalformedHttp1,
    ::testing::Values(
        std::pair{"cr_in_value", "HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n"},
        std::pair{"space_in_name", "HTTP/1.1 200 OK\r\nA b: c\r\nContent-Length: 0\r\n\r\n"},
        std::pair{"no_colon", "HTTP/1.1 200 OK\r\nA\r\nContent-Length: 0\r\n\r\n"},
        std::pair{"two_lengths",
                  "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx"},
        std::pair{"signed_length", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx"},
        std::pair{"chunked_twice",
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"},
        std::pair{"unknown_coding",
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        std::pair{"status_in_words", "HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n"},
        std::pair{"status_of_four_digits", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"},
        std::pair{"another_protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n"}),
    [](const auto& tested) { return tested.param.first; });

TEST_P(OriginMalformedHttp1, F081_is_a_502_and_the_connections_end) {
  OriginAndProxy both(speaking({"http/1.1"}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  side.connection().write(GetParam().second);
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "http_protocol_error");
  side.connection().read_to_end();
  client.send(get_request("/next"));
  OriginSide next(both.origin);
  EXPECT_EQ(next.read_request().target, "/next");
  next.respond(200, "token of /next");
  EXPECT_EQ(client.read_response().body, "token of /next");
}

TEST(OriginMalformedHttp1Nul, F081_is_a_502_and_the_connections_end) {
  OriginAndProxy both(speaking({"http/1.1"}), [](OriginConnection& c) {
    c.read_request();
    c.write(std::string("HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 0\r\n\r\n", 46));
    c.read_to_end();
  });
  EXPECT_EQ(proxy_error(both.proxy.get()), "http_protocol_error");
}

}  // namespace
}  // namespace ccnproxy::integration
