// Responses that ask for too much or are malformed: one stream fails, the connection's others
// don't.
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "integration/origin_side.h"
#include "integration/proxy_fixture.h"

namespace ccnproxy::integration {
namespace {

using ::testing::Contains;

/// Two requests share a connection; the first gets a good response after the second got a bad one.
class OriginMalformed : public ::testing::Test {
 protected:
  OriginMalformed() {
    good.send(get_request("/good"));
    side.emplace(both.origin);
    good_stream = side->read_request().stream_id;
    bad.send(get_request("/bad"));
    bad_stream = side->read_request().stream_id;
  }
  void expect_bad(const std::string& type) {
    const ReceivedResponse response = bad.read_response();
    EXPECT_EQ(response.status, 502);
    EXPECT_EQ(proxy_error(response), type);
    EXPECT_TRUE(response.complete());
    EXPECT_THAT(outcomes(both.proxy.records(1)), Contains("502 " + type + "/origin/response"));
  }
  void expect_good() {
    side->peer().write_headers(good_stream, {{":status", "200"}});
    side->peer().write_data(good_stream, "good", h2::EndStream);
    EXPECT_EQ(good.read_response().body, "good");
    EXPECT_EQ(both.origin.accepts(), 1U);
  }

  OriginAndProxy both{speaking({"h2"})};
  RawClient good = both.proxy.client();
  RawClient bad = both.proxy.client();
  std::optional<OriginSide> side;
  std::uint32_t good_stream = 0;
  std::uint32_t bad_stream = 0;
};

TEST_F(OriginMalformed, F068_a_field_that_is_too_large_fails_its_stream_only) {
  side->peer().write_headers(bad_stream, {{":status", "200"}, {"big", std::string(70'000, 'x')}});
  side->peer().want_rst(bad_stream);
  expect_bad("http_response_header_section_size");
  expect_good();
}

TEST_F(OriginMalformed, F068_too_many_fields_fail_their_stream_only) {
  Fields fields{{":status", "200"}};
  for (int i = 0; i < 300; ++i) fields.emplace_back("n" + std::to_string(i), "v");
  side->peer().write_headers(bad_stream, fields);
  side->peer().want_rst(bad_stream);
  expect_bad("http_response_header_section_size");
  expect_good();
}

/// A few bytes on the wire that stand for 4000 bytes each, from HPACK's table.
TEST_F(OriginMalformed, F068_a_compressed_bomb_fails_its_stream_only) {
  Fields fields{{":status", "200"}};
  for (int i = 0; i < 100; ++i) fields.emplace_back("bomb", std::string(3000, 'x'));
  side->peer().write_headers(bad_stream, fields);
  side->peer().want_rst(bad_stream);
  expect_bad("http_response_header_section_size");
  expect_good();
}

struct MalformedHead {
  std::string name;
  Fields fields;
};

class OriginMalformedHead : public OriginMalformed,
                            public ::testing::WithParamInterface<MalformedHead> {};
INSTANTIATE_TEST_SUITE_P(
    Heads, OriginMalformedHead,
    ::testing::Values(
        MalformedHead{"cr_in_value", {{":status", "200"}, {"a", "b\rc"}}},
        MalformedHead{"lf_in_value", {{":status", "200"}, {"a", "b\nSet-Cookie: evil=1"}}},
        MalformedHead{"nul_in_value", {{":status", "200"}, {"a", std::string("b\0c", 3)}}},
        MalformedHead{"space_in_name", {{":status", "200"}, {"a b", "c"}}},
        MalformedHead{"upper_case_name", {{":status", "200"}, {"Upper", "c"}}},
        MalformedHead{"connection", {{":status", "200"}, {"connection", "close"}}},
        MalformedHead{"transfer_encoding", {{":status", "200"}, {"transfer-encoding", "chunked"}}},
        MalformedHead{"no_status", {{"a", "b"}}},
        MalformedHead{"status_in_words", {{":status", "ok"}}},
        MalformedHead{"status_below_100", {{":status", "099"}}},
        MalformedHead{"status_of_four_digits", {{":status", "2000"}}},
        MalformedHead{"status_twice", {{":status", "200"}, {":status", "200"}}},
        MalformedHead{"status_after_a_field", {{"a", "b"}, {":status", "200"}}},
        MalformedHead{"unknown_pseudo_field", {{":status", "200"}, {":evil", "1"}}},
        MalformedHead{"two_lengths",
                      {{":status", "200"}, {"content-length", "1"}, {"content-length", "2"}}},
        MalformedHead{"signed_length", {{":status", "200"}, {"content-length", "+1"}}}),
    [](const auto& tested) { return tested.param.name; });

TEST_P(OriginMalformedHead, F081_is_a_502_and_leaves_the_connection) {
  side->peer().write_headers(bad_stream, GetParam().fields);
  side->peer().want_rst(bad_stream);
  expect_bad("http_protocol_error");
  expect_good();
}

TEST_F(OriginMalformed, F081_more_data_than_the_declared_length_is_not_passed_on) {
  side->peer().write_headers(bad_stream, {{":status", "200"}, {"content-length", "4"}});
  bad.stream().unread(bad.read_until("\r\n\r\n"));
  side->peer().write_data(bad_stream, "longer than that", h2::EndStream);
  side->peer().want_rst(bad_stream);
  const ReceivedResponse response = bad.read_response();
  EXPECT_FALSE(response.complete());
  EXPECT_EQ(both.proxy.record().get("side"), "origin");
  expect_good();
}

class OriginInterim : public ::testing::TestWithParam<std::string> {
 protected:
  void send_interim(OriginSide& side, int status) {
    if (side.is_h2()) {
      side.peer().write_headers(side.stream(),
                                {{":status", std::to_string(status)}, {"link", "</a.css>"}});
    } else {
      side.connection().write("HTTP/1.1 " + std::to_string(status) +
                              " Interim\r\nLink: </a.css>\r\n\r\n");
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Protocols, OriginInterim, ::testing::Values("h2", "http/1.1"),
                         [](const auto& tested) { return protocol_name(tested.param); });

TEST_P(OriginInterim, F114_early_hints_reach_http11_clients_and_an_unasked_100_does_not) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  send_interim(side, 103);
  send_interim(side, 100);
  side.respond(200, "ok");
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.body, "ok");
  EXPECT_THAT(response.interim, ::testing::ElementsAre(103));
  EXPECT_EQ(response.interim_fields.at(0).get("link"), "</a.css>");
}

TEST_P(OriginInterim, F114_an_http10_client_gets_the_final_response_only) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send("GET / HTTP/1.0\r\nHost: " + host + "\r\n\r\n");
  OriginSide side(both.origin);
  side.read_request();
  send_interim(side, 103);
  side.respond(200, "ok");
  EXPECT_TRUE(client.read_response().interim.empty());
}

TEST_P(OriginInterim, F069_interim_responses_without_end_are_given_up) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  try {
    for (int i = 0; i < 20'000; ++i) send_interim(side, 103);
  } catch (const PeerGone&) {  // over HTTP/1.1 the connection ends
  }
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "http_protocol_error");
  EXPECT_LT(response.interim.size(), 20'000U);
  EXPECT_THAT(response.body, ::testing::HasSubstr("128 at once and 100 a second"));
  EXPECT_EQ(both.proxy.record().outcome(), "502 http_protocol_error/origin/response");
}

TEST_P(OriginInterim, F130_a_hundred_at_once_pass) {
  OriginAndProxy both(speaking({GetParam()}));
  RawClient client = both.proxy.client();
  client.send(get_request());
  OriginSide side(both.origin);
  side.read_request();
  for (int i = 0; i < 100; ++i) send_interim(side, 102);
  side.respond(200, "ok");
  const ReceivedResponse response = client.read_response();
  EXPECT_EQ(response.body, "ok");
  EXPECT_EQ(response.interim.size(), 100U);
}

TEST(OriginInterimHttp1, F069_a_switch_of_protocols_that_nobody_asked_for_is_an_error) {
  OriginAndProxy both(speaking({"http/1.1"}), [](OriginConnection& c) {
    c.read_request();
    c.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: evil\r\nConnection: Upgrade\r\n\r\n");
    c.read_to_end();
  });
  EXPECT_EQ(both.proxy.get().status, 502);
  EXPECT_EQ(both.proxy.record().outcome(), "502 http_protocol_error/origin/response");
}

TEST(OriginLimitsHttp1, F068_a_head_over_the_limit_is_told_as_such) {
  OriginAndProxy both(speaking({"http/1.1"}), [](OriginConnection& c) {
    c.read_request();
    c.write("HTTP/1.1 200 OK\r\nBig: " + std::string(70'000, 'x') + "\r\n\r\n");
  });
  const ReceivedResponse response = both.proxy.get();
  EXPECT_EQ(response.status, 502);
  EXPECT_EQ(proxy_error(response), "http_response_header_section_size");
}

}  // namespace
}  // namespace ccnproxy::integration
