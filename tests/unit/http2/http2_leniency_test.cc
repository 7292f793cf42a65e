// Responses over HTTP/2 that other clients take, and what an origin says when it ends something.

#include "unit/http2/http2_fixture.h"

namespace ccnproxy::http2 {
namespace {

using testing::HasSubstr;

class Http2Leniency : public Http2Fixture {
 protected:
  /// A frame as bytes (RFC 9113 §4.1).
  static std::string frame(std::uint8_t type, std::uint8_t flags, std::uint8_t stream,
                           const std::string& payload) {
    std::string bytes{'\0', static_cast<char>(payload.size() >> 8),
                      static_cast<char>(payload.size() & 0xff), static_cast<char>(type),
                      static_cast<char>(flags)};
    bytes += std::string{'\0', '\0', '\0', static_cast<char>(stream)};
    return bytes + payload;
  }
  static std::string number(std::uint32_t n) {
    std::string bytes;
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(n >> shift & 0xff);
    return bytes;
  }
  static std::string settings(std::uint8_t id, std::uint32_t value) {
    return frame(NGHTTP2_SETTINGS, 0, 0, std::string{'\0', static_cast<char>(id)} + number(value));
  }
  static std::string window_update(std::uint8_t stream, std::uint32_t increment) {
    return frame(NGHTTP2_WINDOW_UPDATE, 0, stream, number(increment));
  }
  /// As its user, with a method.
  origin::Call& ask(std::string_view method, std::int32_t id, http::BodyFraming body = {}) {
    auto& call = open(method, body);
    EXPECT_TRUE(until([&] { return peer_->requests.contains(id); }));
    return call;
  }
  void expect_farewell(std::uint32_t code) {
    ASSERT_TRUE(until([&] { return peer_->goaway_seen.has_value(); }));
    EXPECT_EQ(peer_->goaway_seen->second, code);
  }
};

TEST_F(Http2Leniency, F132_white_space_around_a_value_is_taken_off_in_heads_and_trailers) {
  connect();
  auto& call = open_and_arrive(1);
  Http2Answer answer{
      {{":status", "200"}, {"x-a", " \tb c\t "}, {"content-length", " 4 "}, {"x-e", " "}}, "body"};
  answer.trailers = {{"x-sum", " 1"}, {"x-t", "2\t"}};
  peer_->answer(1, answer);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.fields, "x-a: b c\ncontent-length: 4\nx-e: \n");
  EXPECT_EQ(call.sink.framing, origin::length_framing(4));
  EXPECT_EQ(call.sink.body, "body");
  EXPECT_EQ(call.sink.trailers, "x-sum: 1\nx-t: 2\n");
}

TEST_F(Http2Leniency, F132_a_field_that_is_refused_is_named) {
  connect();
  auto& name = open_and_arrive(1);
  auto& value = open_and_arrive(3);
  auto& trailer = open_and_arrive(5);
  peer_->answer(1, {{{":status", "200"}, {"x bad", "v"}}});
  peer_->answer(3, {{{":status", "200"}, {"x-bad", "a\nb"}}});
  Http2Answer with_trailer{{{":status", "200"}}, "body"};
  with_trailer.trailers = {{"x-worse", "a\r"}};
  peer_->answer(5, with_trailer);
  for (auto* call : {&name, &value, &trailer}) ASSERT_TRUE(until_ended(*call));
  expect_failure(name, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_THAT(name.sink.failure->detail, HasSubstr("\"x bad\""));
  expect_failure(value, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_THAT(value.sink.failure->detail, HasSubstr("\"x-bad\""));
  expect_failure(trailer, ErrorType::http_response_incomplete, Proof::response_started);
  EXPECT_THAT(trailer.sink.failure->detail, HasSubstr("\"x-worse\""));
  ASSERT_TRUE(until([&] { return peer_->requests[1].reset.has_value(); }));
  EXPECT_EQ(peer_->requests[1].reset, static_cast<std::uint32_t>(NGHTTP2_PROTOCOL_ERROR));
  EXPECT_FALSE(listener_.closed);
}

struct Bodiless {
  const char* method;
  const char* status;
};

class Http2Bodiless : public Http2Leniency, public testing::WithParamInterface<Bodiless> {};
INSTANTIATE_TEST_SUITE_P(All, Http2Bodiless,
                         testing::Values(Bodiless{"HEAD", "200"}, Bodiless{"HEAD", "404"},
                                         Bodiless{"GET", "204"}, Bodiless{"GET", "304"},
                                         Bodiless{"POST", "204"}),
                         [](const auto& of) {
                           return std::string(of.param.method) + of.param.status;
                         });

TEST_P(Http2Bodiless, F140_data_where_none_can_be_resets_the_stream_and_the_answer_stands) {
  connect();
  auto& call = ask(GetParam().method, 1);
  auto& other = open_and_arrive(3);
  for (const std::size_t size : {1u, 100'000u}) {
    Http2Answer answer{{{":status", GetParam().status}, {"content-length", "5"}, {"x-a", "b"}},
                       std::string(size, 'b')};
    auto& asked = size == 1 ? call : ask(GetParam().method, 5);
    peer_->answer(size == 1 ? 1 : 5, answer);
    ASSERT_TRUE(until_ended(asked));
    EXPECT_TRUE(asked.sink.complete);
    EXPECT_EQ(std::to_string(*asked.sink.status), GetParam().status);
    EXPECT_EQ(asked.sink.framing.kind, http::BodyFraming::Kind::none);
    EXPECT_EQ(asked.sink.body, "");
  }
  peer_->answer(3, {{{":status", "200"}}, "good"});
  ASSERT_TRUE(until_ended(other));
  EXPECT_EQ(other.sink.body, "good");
  EXPECT_TRUE(until([&] { return connection_->streams() == 0 && connection_->capacity() == 100; }));
  EXPECT_FALSE(listener_.closed);
}

TEST_P(Http2Bodiless, F140_it_is_over_with_its_head_and_waits_for_the_end_without_a_reset) {
  connect();
  auto& call = ask(GetParam().method, 1);
  Http2Answer answer{{{":status", GetParam().status}}};
  answer.end = false;
  peer_->answer(1, answer);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(connection_->streams(), 0u) << "nobody waits for it";
  EXPECT_EQ(connection_->capacity(), 99u) << "but the peer counts it";
  peer_->add(1, "", true);
  EXPECT_TRUE(until([&] { return connection_->capacity() == 100; }));
  EXPECT_FALSE(peer_->requests[1].reset);
}

TEST_F(Http2Leniency, F140_a_stream_that_is_only_not_ended_holds_nothing_up) {
  connect(2);
  Http2Answer answer{{{":status", "204"}}};
  answer.end = false;
  auto& first = ask("GET", 1);
  peer_->answer(1, answer);
  ASSERT_TRUE(until_ended(first));
  auto& second = ask("GET", 3);
  peer_->answer(3, answer);
  ASSERT_TRUE(until_ended(second));
  ASSERT_TRUE(until([&] { return peer_->requests[3].reset.has_value(); })) << "no room for two";
  EXPECT_EQ(peer_->requests[3].reset, static_cast<std::uint32_t>(NGHTTP2_NO_ERROR));
  EXPECT_TRUE(until([&] { return connection_->capacity() == 1; }));
  connection_->drain("test");
  EXPECT_TRUE(until_closed()) << "the other one does not keep it";
}

TEST_F(Http2Leniency, F140_an_upload_that_is_not_over_ends_with_the_answer) {
  connect();
  auto& call = ask("POST", 1, origin::length_framing(5'000'000));
  Http2Answer answer{{{":status", "204"}}};
  answer.end = false;
  peer_->answer(1, answer);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  ASSERT_TRUE(until([&] { return peer_->requests[1].reset.has_value(); }));
}

TEST_F(Http2Leniency, F140_trailers_of_a_response_without_a_body_are_nothing_to_anybody) {
  connect();
  auto& call = ask("HEAD", 1);
  Http2Answer answer{{{":status", "200"}, {"content-length", "5"}}};
  answer.trailers = {{"x-sum", "1"}};
  peer_->answer(1, answer);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_TRUE(until([&] { return connection_->capacity() == 100; }));
}

TEST_F(Http2Leniency, F134_a_goaway_is_told_with_its_code_and_its_text) {
  connect();
  auto& below = open_and_arrive(1);
  auto& above = open_and_arrive(3);
  peer_->goaway(1, NGHTTP2_ENHANCE_YOUR_CALM, "too \"many\"\r\nrequests");
  ASSERT_TRUE(until_ended(above));
  expect_failure(above, ErrorType::connection_terminated, Proof::refused);
  const auto told = "GOAWAY (ENHANCE_YOUR_CALM, \"too \\x22many\\x22\\x0d\\x0arequests\")";
  EXPECT_THAT(above.sink.failure->detail, HasSubstr(told));
  EXPECT_THAT(above.sink.failure->detail, testing::Not(HasSubstr("REFUSED_STREAM")));
  EXPECT_EQ(connection_->farewell(), told);
  peer_->close();
  ASSERT_TRUE(until_ended(below));
  expect_failure(below, ErrorType::connection_terminated, Proof::unknown);
  EXPECT_THAT(below.sink.failure->detail, HasSubstr(told));
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(*listener_.closed, "GOAWAY (ENHANCE_YOUR_CALM)") << "bounded: it is a label of metrics";
}

TEST_F(Http2Leniency, F134_of_two_goaways_the_one_that_says_why_is_told) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->announce_shutdown();
  ASSERT_TRUE(until([&] { return connection_->is_draining(); }));
  peer_->goaway(1, NGHTTP2_INTERNAL_ERROR, std::string(1000, 'x'));
  peer_->close();
  ASSERT_TRUE(until_ended(call));
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("GOAWAY (INTERNAL_ERROR, \"xxx"));
  EXPECT_LT(call.sink.failure->detail.size(), 400u);
}

TEST_F(Http2Leniency, F134_a_reset_is_told_with_the_code_that_it_had) {
  connect();
  auto& known = open_and_arrive(1);
  auto& refused = open_and_arrive(3);
  auto& unknown = open_and_arrive(5);
  peer_->reset(1, NGHTTP2_ENHANCE_YOUR_CALM);
  peer_->reset(3, NGHTTP2_REFUSED_STREAM);
  peer_->reset(5, 0x1234);
  for (auto* call : {&known, &refused, &unknown}) ASSERT_TRUE(until_ended(*call));
  EXPECT_THAT(known.sink.failure->detail, HasSubstr("RST_STREAM, ENHANCE_YOUR_CALM"));
  EXPECT_THAT(refused.sink.failure->detail, HasSubstr("RST_STREAM, REFUSED_STREAM"));
  expect_failure(refused, ErrorType::connection_terminated, Proof::refused);
  EXPECT_THAT(unknown.sink.failure->detail, HasSubstr("RST_STREAM, code 0x1234"));
}

TEST_F(Http2Leniency, F128_http_1_1_required_on_a_stream_proves_that_it_was_not_processed) {
  connect();
  auto& required = ask("POST", 1);
  auto& other = open_and_arrive(3);
  peer_->reset(1, NGHTTP2_HTTP_1_1_REQUIRED);
  ASSERT_TRUE(until_ended(required));
  expect_failure(required, ErrorType::connection_terminated, Proof::refused);
  EXPECT_THAT(required.sink.failure->detail, HasSubstr("HTTP_1_1_REQUIRED"));
  EXPECT_EQ(listener_.http1_required, 1);
  EXPECT_EQ(connection_->capacity(), 0u) << "nothing new by HTTP/2";
  EXPECT_TRUE(connection_->is_draining());
  EXPECT_FALSE(other.sink.ended());
  peer_->answer(3);
  ASSERT_TRUE(until_ended(other));
  EXPECT_TRUE(other.sink.complete);
}

TEST_F(Http2Leniency, F128_after_the_response_began_it_proves_nothing) {
  connect();
  auto& call = open_and_arrive(1);
  Http2Answer answer;
  answer.end = false;
  peer_->answer(1, answer);
  ASSERT_TRUE(until([&] { return call.sink.status.has_value(); }));
  peer_->reset(1, NGHTTP2_HTTP_1_1_REQUIRED);
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_response_incomplete, Proof::response_started);
}

TEST_F(Http2Leniency, F128_in_goaway_it_proves_it_of_the_streams_above_the_last_one) {
  connect();
  auto& below = open_and_arrive(1);
  auto& above = open_and_arrive(3);
  peer_->goaway(1, NGHTTP2_HTTP_1_1_REQUIRED);
  ASSERT_TRUE(until_ended(above));
  expect_failure(above, ErrorType::connection_terminated, Proof::refused);
  EXPECT_THAT(above.sink.failure->detail, HasSubstr("HTTP_1_1_REQUIRED"));
  EXPECT_EQ(listener_.http1_required, 1);
  EXPECT_FALSE(below.sink.ended()) << "it may be answered yet";
  peer_->close();
  ASSERT_TRUE(until_ended(below));
  expect_failure(below, ErrorType::connection_terminated, Proof::no_byte_on_reused);
}

TEST_F(Http2Leniency, F128_where_http1_is_not_offered_it_is_an_error_that_says_so) {
  info_.http1_offered = false;
  connect();
  auto& call = open_and_arrive(1);
  peer_->reset(1, NGHTTP2_HTTP_1_1_REQUIRED);
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("tls.alpn"));
  EXPECT_EQ(listener_.http1_required, 0);
  EXPECT_EQ(connection_->capacity(), 100u) << "other requests may do";
  auto& other = open_and_arrive(3);
  peer_->goaway(1, NGHTTP2_HTTP_1_1_REQUIRED);
  ASSERT_TRUE(until_ended(other));
  expect_failure(other, ErrorType::connection_terminated, Proof::unknown);
  EXPECT_THAT(other.sink.failure->detail, HasSubstr("tls.alpn"));
}

TEST_F(Http2Leniency, F151_settings_that_lift_a_window_too_far_end_the_connection) {
  connect();
  auto& call = ask("PUT", 1, origin::length_framing(5));
  auto& other = open_and_arrive(3);
  peer_->send(window_update(1, 0x7fffffff - 65535));
  peer_->send_settings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65536}});
  ASSERT_TRUE(until_ended(call));
  ASSERT_TRUE(until_ended(other));
  expect_failure(other, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_THAT(other.sink.failure->detail, HasSubstr("SETTINGS_INITIAL_WINDOW_SIZE"));
  expect_farewell(NGHTTP2_FLOW_CONTROL_ERROR);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http2Leniency, F151_up_to_the_limit_they_may) {
  connect();
  auto& call = ask("PUT", 1, origin::length_framing(5));
  peer_->send(window_update(1, 0x7fffffff - 65536));
  peer_->send_settings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65536}});
  call.stream->write_body("hello");
  call.stream->end_body({});
  ASSERT_TRUE(until([&] { return peer_->requests[1].complete; }));
  peer_->answer(1);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
}

TEST_F(Http2Leniency, F151_a_stream_that_used_its_window_up_has_room_again) {
  connect();
  auto& call = ask("PUT", 1, origin::length_framing(5));
  call.stream->write_body("hello");
  call.stream->end_body({});
  ASSERT_TRUE(until([&] { return peer_->requests[1].complete; }));
  peer_->send(window_update(1, 0x7fffffff - 65535));
  peer_->send_settings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 65540}});
  peer_->answer(1);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_FALSE(listener_.closed);
}

TEST_F(Http2Leniency, F151_an_initial_window_above_the_limit_ends_the_connection) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->send(settings(4, 0x80000000));
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("FLOW_CONTROL_ERROR"));
  expect_farewell(NGHTTP2_FLOW_CONTROL_ERROR);
}

TEST_F(Http2Leniency, F151_a_window_update_too_far_ends_its_stream_or_the_connection) {
  connect();
  auto& call = open_and_arrive(1);
  auto& other = open_and_arrive(3);
  peer_->send(window_update(1, 0x7fffffff));
  ASSERT_TRUE(until_ended(call));
  ASSERT_TRUE(until([&] { return peer_->requests[1].reset.has_value(); }));
  EXPECT_EQ(peer_->requests[1].reset, static_cast<std::uint32_t>(NGHTTP2_FLOW_CONTROL_ERROR));
  EXPECT_FALSE(other.sink.ended());
  peer_->send(window_update(0, 0x7fffffff));
  ASSERT_TRUE(until_ended(other));
  expect_farewell(NGHTTP2_FLOW_CONTROL_ERROR);
}

struct BadSetting {
  const char* name;
  std::uint8_t id;
  std::uint32_t value;
};

class Http2BadSetting : public Http2Leniency, public testing::WithParamInterface<BadSetting> {};
INSTANTIATE_TEST_SUITE_P(
    All, Http2BadSetting,
    testing::Values(BadSetting{"push", NGHTTP2_SETTINGS_ENABLE_PUSH, 1},
                    BadSetting{"push_2", NGHTTP2_SETTINGS_ENABLE_PUSH, 2},
                    BadSetting{"frame_16383", NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 16383},
                    BadSetting{"frame_0", NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 0},
                    BadSetting{"frame_2_24", NGHTTP2_SETTINGS_MAX_FRAME_SIZE, 1u << 24}),
    [](const auto& of) { return std::string(of.param.name); });

TEST_P(Http2BadSetting, F151_ends_the_connection_and_says_why) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->send(settings(GetParam().id, GetParam().value));
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("PROTOCOL_ERROR: SETTINGS"));
  expect_farewell(NGHTTP2_PROTOCOL_ERROR);
  EXPECT_TRUE(until_closed());
}

}  // namespace
}  // namespace ccnproxy::http2
