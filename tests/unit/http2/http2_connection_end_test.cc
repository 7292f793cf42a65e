// How HTTP/2 connections and streams end, and what that proves of the requests in flight.

#include "unit/http2/http2_fixture.h"

namespace ccnproxy::http2 {
namespace {

using testing::HasSubstr;

class Http2ConnectionEnd : public Http2Fixture {
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
};

TEST_F(Http2ConnectionEnd, F018_a_stream_above_goaways_last_one_was_provably_not_processed) {
  connect();
  auto& below = open_and_arrive(1);
  auto& above = open_and_arrive(3);
  peer_->goaway(1);
  ASSERT_TRUE(until_ended(above));
  expect_failure(above, ErrorType::connection_terminated, Proof::refused);
  EXPECT_TRUE(connection_->is_draining());
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_FALSE(below.sink.ended());
  peer_->answer(1, {{{":status", "200"}}, "late"});
  ASSERT_TRUE(until_ended(below));
  EXPECT_TRUE(below.sink.complete);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http2ConnectionEnd, F019_one_at_or_below_it_is_not_if_the_connection_then_ends) {
  connect();
  auto& at = open_and_arrive(1);
  peer_->goaway(1);
  ASSERT_TRUE(until([&] { return connection_->is_draining(); }));
  peer_->close();
  ASSERT_TRUE(until_ended(at));
  expect_failure(at, ErrorType::connection_terminated, Proof::unknown);
  EXPECT_TRUE(listener_.closed);
}

TEST_F(Http2ConnectionEnd, F020_the_first_goaway_of_an_orderly_end_stops_new_streams_already) {
  connect();
  auto& call = open_and_arrive(1);
  const auto changes = listener_.capacity_changes;
  peer_->announce_shutdown();
  ASSERT_TRUE(until([&] { return listener_.capacity_changes > changes; }));
  EXPECT_TRUE(connection_->is_draining());
  EXPECT_EQ(connection_->capacity(), 0u);
  peer_->answer(1);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  ASSERT_TRUE(until_closed());
  EXPECT_THAT(*listener_.closed, HasSubstr("GOAWAY"));
}

TEST_F(Http2ConnectionEnd, F020_an_idle_connection_ends_with_goaway) {
  connect();
  peer_->goaway(0);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http2ConnectionEnd, F021_a_refused_stream_was_provably_not_processed) {
  connect();
  auto& refused = open_and_arrive(1);
  auto& other = open_and_arrive(3);
  peer_->reset(1, NGHTTP2_REFUSED_STREAM);
  ASSERT_TRUE(until_ended(refused));
  expect_failure(refused, ErrorType::connection_terminated, Proof::refused);
  EXPECT_FALSE(other.sink.ended());
  EXPECT_EQ(connection_->capacity(), 99u);
}

TEST_F(Http2ConnectionEnd, F021_refused_after_the_response_began_is_no_proof) {
  connect();
  auto& call = open_and_arrive(1);
  Http2Answer answer;
  answer.end = false;
  peer_->answer(1, answer);
  ASSERT_TRUE(until([&] { return call.sink.status.has_value(); }));
  peer_->reset(1, NGHTTP2_REFUSED_STREAM);
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_response_incomplete, Proof::response_started);
}

TEST_F(Http2ConnectionEnd, F056_any_other_reset_proves_nothing_on_a_used_connection_too) {
  connect();
  use_once();
  auto& call = open_and_arrive(3);
  peer_->reset(3, NGHTTP2_INTERNAL_ERROR);
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("INTERNAL_ERROR"));
  EXPECT_FALSE(listener_.closed);
}

TEST_F(Http2ConnectionEnd,
       F001_on_a_connection_used_before_an_end_without_a_byte_is_known_as_such) {
  connect();
  use_once();
  auto& call = open_and_arrive(3);
  peer_->close();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::no_byte_on_reused);
  EXPECT_TRUE(listener_.closed);
}

TEST_F(Http2ConnectionEnd, F001_on_a_fresh_connection_nobody_knows) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->close();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
}

TEST_F(Http2ConnectionEnd, F001_an_interim_response_is_more_than_no_byte) {
  connect();
  use_once();
  auto& call = open_and_arrive(3);
  peer_->inform(3, "103");
  ASSERT_TRUE(until([&] { return !call.sink.informational.empty(); }));
  peer_->close();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
}

TEST_F(Http2ConnectionEnd, F002_a_close_that_came_before_the_request_left_proves_that_it_did_not) {
  connect();
  use_once();
  peer_->close();
  auto& call = open();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::not_sent);
}

TEST_F(Http2ConnectionEnd, F002_what_the_socket_never_took_was_not_sent) {
  connect_only();
  peer_->send_settings({{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 1024 * 1024}});
  peer_->open_window();
  use_once();
  peer_->stop_reading();
  const std::string body(256 * 1024, 'u');
  std::vector<origin::Call*> calls;
  for (int i = 0; i < 20; ++i) {
    calls.push_back(&open("PUT", origin::length_framing(body.size())));
    calls.back()->stream->write_body(body);
    loop_.run_once(Duration(0));
  }
  peer_->close();
  for (auto* call : calls) ASSERT_TRUE(until_ended(*call));
  expect_failure(*calls.front(), ErrorType::connection_terminated, Proof::no_byte_on_reused);
  expect_failure(*calls.back(), ErrorType::connection_terminated, Proof::not_sent);
}

TEST_F(Http2ConnectionEnd, F084_a_response_cut_by_the_end_of_the_connection_is_incomplete) {
  connect();
  auto& call = open_and_arrive(1);
  Http2Answer answer{{{":status", "200"}}, "part"};
  answer.end = false;
  peer_->answer(1, answer);
  ASSERT_TRUE(until([&] { return call.sink.body == "part"; }));
  peer_->close();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_response_incomplete, Proof::response_started);
}

TEST_F(Http2ConnectionEnd, F084_a_body_shorter_than_declared_is_incomplete) {
  connect();
  auto& call = open_and_arrive(1);
  auto& other = open_and_arrive(3);
  peer_->answer(1, {{{":status", "200"}, {"content-length", "10"}}, "short"});
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_response_incomplete, Proof::response_started);
  peer_->answer(3);
  ASSERT_TRUE(until_ended(other));
  EXPECT_TRUE(other.sink.complete);
}

TEST_F(Http2ConnectionEnd, F006_a_body_longer_than_declared_is_a_failure) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->answer(1, {{{":status", "200"}, {"content-length", "2"}}, "too long"});
  ASSERT_TRUE(until_ended(call));
  EXPECT_FALSE(call.sink.complete);
  EXPECT_EQ(to_string(call.sink.failure->proof), to_string(Proof::response_started));
  EXPECT_LE(call.sink.body.size(), 2u);
  EXPECT_FALSE(listener_.closed);
}

TEST_F(Http2ConnectionEnd,
       F028_a_reset_without_error_behind_a_complete_response_takes_nothing_away) {
  connect();
  auto& call = open("PUT", origin::length_framing(5'000'000));
  call.stream->write_body("first bytes");
  ASSERT_TRUE(until([&] { return peer_->requests[1].body == "first bytes"; }));
  peer_->answer(1, {{{":status", "403"}}, "no"});
  peer_->reset(1, NGHTTP2_NO_ERROR);
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.status, 403);
  EXPECT_EQ(call.sink.body, "no");
  EXPECT_TRUE(until([&] { return connection_->streams() == 0; }));
  EXPECT_EQ(connection_->capacity(), 100u);
}

TEST_F(Http2ConnectionEnd, F112_an_answer_before_the_upload_is_complete_stops_the_upload) {
  connect();
  auto& call = open("PUT", origin::length_framing(5'000'000));
  call.stream->write_body("first bytes");
  ASSERT_TRUE(until([&] { return peer_->requests[1].body == "first bytes"; }));
  peer_->answer(1, {{{":status", "413"}}, "much"});
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.status, 413);
  ASSERT_TRUE(until([&] { return peer_->requests[1].reset.has_value(); }));
  EXPECT_EQ(peer_->requests[1].reset, static_cast<std::uint32_t>(NGHTTP2_NO_ERROR));
  EXPECT_TRUE(until([&] { return connection_->streams() == 0; }));
}

TEST_F(Http2ConnectionEnd, F081_a_malformed_field_is_the_failure_of_its_stream_only) {
  connect();
  auto& bad = open_and_arrive(1);
  auto& good = open_and_arrive(3);
  peer_->answer(1, {{{":status", "200"}, {"x-bad", std::string("a\nb")}}, "body"});
  peer_->answer(3, {{{":status", "200"}}, "good"});
  ASSERT_TRUE(until_ended(bad));
  ASSERT_TRUE(until_ended(good));
  expect_failure(bad, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_FALSE(bad.sink.status) << "nothing of it is passed on";
  EXPECT_TRUE(good.sink.complete);
  EXPECT_EQ(good.sink.body, "good");
}

TEST_F(Http2ConnectionEnd, F081_a_connection_field_is_the_failure_of_its_stream_only) {
  connect();
  auto& bad = open_and_arrive(1);
  auto& good = open_and_arrive(3);
  peer_->answer(1, {{{":status", "200"}, {"transfer-encoding", "chunked"}}, "body"});
  peer_->answer(3);
  ASSERT_TRUE(until_ended(bad));
  ASSERT_TRUE(until_ended(good));
  expect_failure(bad, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_TRUE(good.sink.complete);
}

TEST_F(Http2ConnectionEnd, F068_a_head_over_the_limit_is_the_failure_of_its_stream_only) {
  context_.limits.head_bytes = 4096;
  connect();
  auto& good = open_and_arrive(1);
  Http2Answer half{{{":status", "200"}}, "half, "};
  half.end = false;
  peer_->answer(1, half);
  auto& bomb = open_and_arrive(3);
  Http2Answer large;
  for (int i = 0; i < 40; ++i)
    large.head.emplace_back("x-" + std::to_string(i), std::string(100, 'x'));
  peer_->answer(3, large);
  ASSERT_TRUE(until_ended(bomb));
  expect_failure(bomb, ErrorType::http_response_header_section_size, Proof::unknown);
  peer_->add(1, "whole", true);
  ASSERT_TRUE(until_ended(good));
  EXPECT_EQ(good.sink.body, "half, whole");
}

TEST_F(Http2ConnectionEnd, F068_too_many_fields_are_the_failure_of_their_stream_only) {
  context_.limits.fields = 20;
  connect();
  auto& bomb = open_and_arrive(1);
  Http2Answer many;
  for (int i = 0; i < 30; ++i) many.head.emplace_back("x", "");
  peer_->answer(1, many);
  ASSERT_TRUE(until_ended(bomb));
  expect_failure(bomb, ErrorType::http_response_header_section_size, Proof::unknown);
  auto& next = open_and_arrive(3);
  peer_->answer(3);
  EXPECT_TRUE(until_ended(next));
}

TEST_F(Http2ConnectionEnd, F035_a_push_ends_the_connection_for_all_its_streams) {
  connect();
  auto& a = open_and_arrive(1);
  auto& b = open_and_arrive(3);
  const std::string promised{'\0', '\0', '\0', '\2'};
  peer_->send(frame(NGHTTP2_PUSH_PROMISE, NGHTTP2_FLAG_END_HEADERS, 1, promised + "\x82\x87\x84"));
  ASSERT_TRUE(until_ended(a));
  ASSERT_TRUE(until_ended(b)) << "nothing more is read from this peer";
  expect_failure(b, ErrorType::http_protocol_error, Proof::unknown);
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(connection_->capacity(), 0u);
  ASSERT_TRUE(until([&] { return peer_->goaway_seen.has_value(); }));
  EXPECT_EQ(peer_->goaway_seen->second, static_cast<std::uint32_t>(NGHTTP2_PROTOCOL_ERROR));
}

TEST_F(Http2ConnectionEnd, F029_a_frame_that_can_not_be_ends_the_connection) {
  connect();
  auto& call = open_and_arrive(1);
  peer_->send(frame(NGHTTP2_DATA, 0, 0, "data of no stream"));
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http2ConnectionEnd, F029_bytes_that_are_no_http2_end_the_connection) {
  connect_only();
  auto& call = open();
  ASSERT_TRUE(until([&] { return !peer_->received().empty(); }));
  peer_->send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http2ConnectionEnd, F036_our_goaway_accepts_no_stream_and_names_no_error) {
  connect();
  use_once();
  connection_->drain("idle");
  EXPECT_TRUE(connection_->is_draining());
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_FALSE(listener_.closed) << "never from within the call";
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(listener_.closed, "idle");
  ASSERT_TRUE(until([&] { return peer_->goaway_seen.has_value(); }));
  EXPECT_EQ(peer_->goaway_seen->first, 0);
  EXPECT_EQ(peer_->goaway_seen->second, static_cast<std::uint32_t>(NGHTTP2_NO_ERROR));
}

TEST_F(Http2ConnectionEnd, drained_in_use_it_ends_with_its_last_stream) {
  connect();
  auto& a = open_and_arrive(1);
  auto& b = open_and_arrive(3);
  connection_->drain("max_age");
  peer_->answer(1);
  ASSERT_TRUE(until_ended(a));
  loop_.run_once(Duration(0));
  EXPECT_FALSE(listener_.closed);
  peer_->answer(3);
  ASSERT_TRUE(until_ended(b));
  EXPECT_TRUE(b.sink.complete);
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(listener_.closed, "max_age");
}

TEST_F(Http2ConnectionEnd, F069_F130_a_flood_of_interim_responses_is_a_failure_of_its_stream) {
  connect();
  auto& call = open_and_arrive(1);
  auto& other = open_and_arrive(3);
  for (int i = 0; i < 5000; ++i) peer_->inform(1, "103");
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_protocol_error, Proof::unknown);
  EXPECT_THAT(call.sink.failure->detail, testing::HasSubstr("128 at once and 100 a second"));
  peer_->answer(3);
  ASSERT_TRUE(until_ended(other));
  EXPECT_TRUE(other.sink.complete);
}

TEST_F(Http2ConnectionEnd, F038_a_peer_that_never_sends_settings_is_given_up) {
  context_.settings_timeout = std::chrono::milliseconds(20);
  connect_only();
  auto& call = open();
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(to_string(call.sink.failure->type), to_string(ErrorType::connection_timeout));
  EXPECT_TRUE(listener_.closed);
}

TEST_F(Http2ConnectionEnd, F038_one_that_did_is_not) {
  context_.settings_timeout = std::chrono::milliseconds(20);
  connect_only();
  peer_->send_settings();
  ASSERT_TRUE(until([&] { return peer_->settings_acknowledged > 0; }));
  const auto long_after = EventLoop::read_clock() + std::chrono::milliseconds(60);
  until([&] { return EventLoop::read_clock() > long_after; });
  EXPECT_FALSE(listener_.closed);
}

TEST_F(Http2ConnectionEnd, F003_an_idle_connection_that_the_origin_closes_ends) {
  connect();
  use_once();
  peer_->close();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(connection_->capacity(), 0u);
}

}  // namespace
}  // namespace ccnproxy::http2
