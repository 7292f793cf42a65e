// Requests, responses and capacity over HTTP/2. Windows: http2_flow_test.cc; ends and failures:
// http2_connection_end_test.cc.

#include "ccnproxy/http2/http2_callbacks.h"

#include "unit/http2/http2_fixture.h"

namespace ccnproxy::http2 {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class Http2ConnectionTest : public Http2Fixture {
 protected:
  /// Whether these bytes of a client hold a frame of this type (RFC 9113 §3.4, §4.1).
  static bool has_frame(std::string_view bytes, std::uint8_t type) {
    bytes.remove_prefix(std::min<std::size_t>(24, bytes.size()));
    const auto at = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
    while (bytes.size() >= 9) {
      if (at(3) == type) return true;
      const std::size_t length = at(0) * 65536u + at(1) * 256u + at(2);
      bytes.remove_prefix(std::min(9 + length, bytes.size()));
    }
    return false;
  }
};

TEST_F(Http2ConnectionTest, sends_a_request_without_waiting_for_the_peers_settings) {
  connect_only();
  auto& call = open();
  EXPECT_EQ(connection_->streams(), 1u);
  ASSERT_TRUE(until([&] { return has_frame(peer_->received(), NGHTTP2_HEADERS); }));
  peer_->send_settings();
  ASSERT_TRUE(until([&] { return peer_->requests[1].complete; }));
  EXPECT_THAT(peer_->requests[1].head,
              ElementsAre(Pair(":method", "GET"), Pair(":scheme", "https"),
                          Pair(":authority", "api.example.test"), Pair(":path", "/path?q=1")));
  peer_->answer(1, {{{":status", "200"}, {"x-a", "b"}}, "hello"});
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.status, 200);
  EXPECT_EQ(call.sink.fields, "x-a: b\n");
  EXPECT_EQ(call.sink.body, "hello");
}

TEST_F(Http2ConnectionTest, F061_says_what_it_takes_and_that_it_wants_no_push) {
  context_.limits.head_bytes = 12345;
  connect();
  EXPECT_EQ(peer_->client_setting(NGHTTP2_SETTINGS_HEADER_TABLE_SIZE), header_table_bytes);
  EXPECT_EQ(peer_->client_setting(NGHTTP2_SETTINGS_ENABLE_PUSH), 0u);
  EXPECT_EQ(peer_->client_setting(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE), 1024u * 1024);
  EXPECT_EQ(peer_->client_setting(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE), 12345u);
  EXPECT_EQ(peer_->connection_credit(), 1 << 30);
}

TEST_F(Http2ConnectionTest, names_go_out_in_lower_case_and_the_rest_as_it_is) {
  connect();
  auto& call = *calls_.emplace_back(std::make_unique<origin::Call>());
  call.request = origin::make_request("GET", "/a%2Fb//c?d=%7e");
  call.request.fields = {{"X-Mixed", "Case Kept", http::FieldId::other},
                         {"Cookie", "a=b; c=d", http::FieldId::other}};
  call.request.accepts_trailers = true;
  call.stream = &connection_->open(call.request, call.sink);
  ASSERT_TRUE(until([&] { return peer_->requests[1].complete; }));
  const auto& head = peer_->requests[1].head;
  EXPECT_THAT(head, Contains(Pair("x-mixed", "Case Kept")));
  EXPECT_THAT(head, Contains(Pair("cookie", "a=b; c=d")));
  EXPECT_THAT(head, Contains(Pair("te", "trailers")));
  EXPECT_THAT(head, Contains(Pair(":path", "/a%2Fb//c?d=%7e")));
}

/// What they have in common is worth a place there once one has come soon after another.
TEST_F(Http2ConnectionTest, hpacks_table_gets_fields_of_requests_that_do_not_come_alone) {
  connect();
  for (const std::int32_t id : {1, 3, 5}) {
    auto& call = *calls_.emplace_back(std::make_unique<origin::Call>());
    call.request = origin::make_request("PUT", "/");
    call.request.fields = {{"X-Recurs", "a", http::FieldId::other},
                           {"X-Request-Id", "b", http::FieldId::request_id}};
    call.request.accepts_trailers = true;
    call.stream = &connection_->open(call.request, call.sink);
    ASSERT_TRUE(until([&] { return peer_->requests[id].complete; }));
    // Method, authority, both fields and te; then the request's id alone.
    EXPECT_EQ(peer_->requests[id].not_kept, id == 1 ? 5u : 1u) << id;
    peer_->answer(id);
    ASSERT_TRUE(until_ended(call));
  }
}

TEST_F(Http2ConnectionTest, carries_many_requests_at_once_and_answers_in_any_order) {
  connect();
  std::vector<origin::Call*> calls;
  for (int i = 0; i < 50; ++i) calls.push_back(&open());
  EXPECT_EQ(connection_->streams(), 50u);
  ASSERT_TRUE(until([&] { return peer_->requests.size() == 50; }));
  for (int i = 49; i >= 0; --i) {
    peer_->answer(2 * i + 1, {{{":status", "200"}}, "body " + std::to_string(i)});
  }
  for (std::size_t i = 0; i < 50; ++i) {
    ASSERT_TRUE(until_ended(*calls[i]));
    EXPECT_EQ(calls[i]->sink.body, "body " + std::to_string(i));
  }
  EXPECT_EQ(connection_->requests(), 50u);
  EXPECT_EQ(connection_->streams(), 0u);
  EXPECT_EQ(connection_->capacity(), 100u);
  EXPECT_EQ(listener_.capacity, 100u);
}

struct FramingCase {
  const char* name;
  const char* method;
  Http2Answer answer;
  http::BodyFraming framing;
};

class Http2Framing : public Http2ConnectionTest, public testing::WithParamInterface<FramingCase> {};

TEST_P(Http2Framing, F113_says_how_long_a_body_will_be) {
  connect();
  auto& call = open(GetParam().method);
  ASSERT_TRUE(until([&] { return peer_->requests.contains(1); }));
  peer_->answer(1, GetParam().answer);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.framing, GetParam().framing);
  EXPECT_EQ(call.sink.body, GetParam().answer.body);
}

using Kind = http::BodyFraming::Kind;

INSTANTIATE_TEST_SUITE_P(
    All, Http2Framing,
    testing::Values(FramingCase{"none", "GET", {{{":status", "204"}}}, {}},
                    FramingCase{"declared",
                                "GET",
                                {{{":status", "200"}, {"content-length", "5"}}, "hello"},
                                origin::length_framing(5)},
                    FramingCase{"undeclared",
                                "GET",
                                {{{":status", "200"}}, "hello"},
                                {Kind::until_close, 0, false, 0}},
                    FramingCase{"head",
                                "HEAD",
                                {{{":status", "200"}, {"content-length", "5"}}},
                                {Kind::none, 0, true, 5}},
                    FramingCase{"not_modified",
                                "GET",
                                {{{":status", "304"}, {"content-length", "5"}}},
                                {Kind::none, 0, true, 5}}),
    [](const auto& of) { return std::string(of.param.name); });

TEST_F(Http2ConnectionTest, F114_passes_interim_responses_on) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->inform(1, "100");
  peer_->inform(1, "103");
  peer_->answer(1);
  ASSERT_TRUE(until_ended(call));
  EXPECT_THAT(call.sink.informational, ElementsAre(100, 103));
  EXPECT_EQ(call.sink.status, 200);
}

TEST_F(Http2ConnectionTest, F130_a_hundred_interim_responses_at_once_pass) {
  connect();
  auto& call = open_and_arrive(1);
  for (int i = 0; i < 100; ++i) peer_->inform(1, "102");
  peer_->answer(1);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.informational.size(), 100u);
}

TEST_F(Http2ConnectionTest, gives_the_trailers_of_a_response) {
  connect();
  auto& call = open_and_arrive(1);
  Http2Answer answer{{{":status", "200"}}, "body"};
  answer.trailers = {{"grpc-status", "0"}, {"x-sum", "1"}};
  peer_->answer(1, answer);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.body, "body");
  EXPECT_EQ(call.sink.trailers, "grpc-status: 0\nx-sum: 1\n");
}

TEST_F(Http2ConnectionTest, F120_gives_each_part_when_it_comes) {
  connect();
  auto& call = open_and_arrive(1);
  Http2Answer answer;
  answer.end = false;
  peer_->answer(1, answer);
  ASSERT_TRUE(until([&] { return call.sink.status.has_value(); }));
  std::string expected;
  for (int i = 0; i < 5; ++i) {
    peer_->add(1, "event\n", false);
    expected += "event\n";
    ASSERT_TRUE(until([&] { return call.sink.body == expected; }));
  }
  peer_->add(1, "", true);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
}

TEST_F(Http2ConnectionTest, F022_before_the_peers_settings_a_hundred_streams_are_assumed) {
  connect_only();
  EXPECT_EQ(connection_->capacity(), 100u);
  open();
  EXPECT_EQ(connection_->capacity(), 99u);
  EXPECT_EQ(listener_.capacity_changes, 0);
}

TEST_F(Http2ConnectionTest, F022_then_what_they_say_and_the_pool_is_told) {
  connect_only();
  loop_.run_once(Duration(0));
  peer_->send_settings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 2}});
  ASSERT_TRUE(until([&] { return listener_.capacity_changes > 0; }));
  EXPECT_EQ(listener_.capacity, 2u);
  open();
  open();
  EXPECT_EQ(connection_->capacity(), 0u);
}

TEST_F(Http2ConnectionTest, F022_before_the_peers_settings_the_origins_last_limit_is_kept_to) {
  const auto facts = std::make_shared<origin::PeerState>();
  facts->stream_limit = 3;
  connect_only(true, facts);
  EXPECT_EQ(connection_->capacity(), 3u);
  loop_.run_once(Duration(0));
  peer_->send_settings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 7}});
  ASSERT_TRUE(until([&] { return listener_.capacity == 7u; }));
  EXPECT_EQ(facts->stream_limit, 7u) << "for the next connection";
}

TEST_F(Http2ConnectionTest, F022_a_large_limit_of_another_connection_is_no_promise) {
  const auto facts = std::make_shared<origin::PeerState>();
  facts->stream_limit = 1'000'000;
  connect_only(true, facts);
  EXPECT_EQ(connection_->capacity(), 100u);
}

TEST_F(Http2ConnectionTest, F024_an_origin_that_once_allowed_nothing_is_tried_again) {
  const auto facts = std::make_shared<origin::PeerState>();
  connect_only(true, facts);
  loop_.run_once(Duration(0));
  peer_->send_settings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0}});
  ASSERT_TRUE(until([&] { return listener_.capacity == 0u; }));
  EXPECT_EQ(facts->stream_limit, 1u) << "a next connection without room would be dialled for ever";
}

TEST_F(Http2ConnectionTest, a_peer_without_a_limit_is_given_no_more_than_250) {
  connect_only();
  peer_->send_settings();
  ASSERT_TRUE(until([&] { return listener_.capacity_changes > 0; }));
  EXPECT_EQ(connection_->capacity(), 250u);
}

TEST_F(Http2ConnectionTest, F024_a_limit_lowered_to_nothing_stops_new_streams_and_keeps_the_old) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->send_settings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 0}});
  ASSERT_TRUE(until([&] { return listener_.capacity == 0u; }));
  EXPECT_FALSE(connection_->is_draining());
  peer_->answer(1);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(connection_->capacity(), 0u);
  peer_->send_settings({{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 100}});
  EXPECT_TRUE(until([&] { return listener_.capacity == 100u; }));
}

TEST_F(Http2ConnectionTest, uploads_a_body_with_its_length) {
  connect();
  auto& call = open("PUT", origin::length_framing(11));
  EXPECT_EQ(call.stream->write_body("hello "), 6u);
  ASSERT_TRUE(until([&] { return peer_->requests[1].body == "hello "; }));
  EXPECT_FALSE(call.stream->sent());
  EXPECT_EQ(call.stream->write_body("world"), 5u);
  call.stream->end_body({});
  ASSERT_TRUE(until([&] { return peer_->requests[1].complete; }));
  EXPECT_EQ(peer_->requests[1].body, "hello world");
  EXPECT_THAT(peer_->requests[1].head, Contains(Pair("content-length", "11")));
}

TEST_F(Http2ConnectionTest, uploads_a_body_of_unknown_length_with_its_trailers) {
  connect();
  auto& call = open("POST", origin::chunked_framing());
  call.stream->write_body("hello");
  call.stream->end_body({{"x-sum", "1", http::FieldId::other}});
  ASSERT_TRUE(until([&] { return peer_->requests[1].complete; }));
  EXPECT_EQ(peer_->requests[1].body, "hello");
  EXPECT_THAT(peer_->requests[1].trailers, ElementsAre(Pair("x-sum", "1")));
  EXPECT_THAT(peer_->requests[1].head, testing::Not(Contains(Pair("content-length", testing::_))));
  EXPECT_THAT(peer_->requests[1].head,
              testing::Not(Contains(Pair("transfer-encoding", testing::_))));
}

TEST_F(Http2ConnectionTest, uploads_an_empty_body) {
  connect();
  auto& call = open("POST", origin::chunked_framing());
  ASSERT_TRUE(until([&] { return peer_->requests.contains(1); }));
  EXPECT_FALSE(peer_->requests[1].complete);
  call.stream->end_body({});
  EXPECT_TRUE(until([&] { return peer_->requests[1].complete; }));
}

TEST_F(Http2ConnectionTest, a_sink_may_open_the_next_request_from_within_the_end_of_its_own) {
  connect();
  auto& first = open_and_arrive(1);
  origin::Call* second = nullptr;
  first.sink.then_end = [&] { second = &open(); };
  peer_->answer(1);
  ASSERT_TRUE(until_ended(first));
  ASSERT_TRUE(second);
  ASSERT_TRUE(until([&] { return peer_->requests.contains(3); }));
  peer_->answer(3);
  EXPECT_TRUE(until_ended(*second));
}

TEST_F(Http2ConnectionTest, F097_a_cancelled_request_is_reset_and_nobody_else_hears_of_it) {
  connect();
  auto& cancelled = open_and_arrive(1);
  auto& other = open_and_arrive(3);
  cancelled.stream->cancel();
  ASSERT_TRUE(until([&] { return peer_->requests[1].reset.has_value(); }));
  EXPECT_EQ(peer_->requests[1].reset, static_cast<std::uint32_t>(NGHTTP2_CANCEL));
  EXPECT_EQ(connection_->streams(), 1u);
  peer_->answer(3);
  ASSERT_TRUE(until_ended(other));
  EXPECT_TRUE(other.sink.complete);
  EXPECT_FALSE(cancelled.sink.ended());
}

TEST_F(Http2ConnectionTest, F097_a_request_cancelled_before_it_left_costs_nobody_anything) {
  connect();
  open().stream->cancel();
  auto& other = open();
  ASSERT_TRUE(until([&] { return peer_->requests[3].complete; }));
  peer_->answer(3);
  ASSERT_TRUE(until_ended(other));
  EXPECT_TRUE(until([&] { return connection_->streams() == 0; }));
}

TEST_F(Http2ConnectionTest, a_sink_may_cancel_from_within_what_it_hears) {
  connect();
  auto& a = open_and_arrive(1);
  auto& b = open_and_arrive(3);
  a.sink.then_response = [&] { a.stream->cancel(); };
  b.sink.then_body = [&](std::string_view) { b.stream->cancel(); };
  peer_->answer(1, {{{":status", "200"}}, "hello"});
  peer_->answer(3, {{{":status", "200"}}, "hello"});
  ASSERT_TRUE(until([&] { return connection_->streams() == 0; }));
  EXPECT_FALSE(a.sink.ended());
  EXPECT_FALSE(b.sink.ended());
  EXPECT_EQ(connection_->capacity(), 100u);
}

}  // namespace
}  // namespace ccnproxy::http2
