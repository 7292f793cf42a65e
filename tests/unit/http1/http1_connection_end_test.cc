// How HTTP/1.1 connections end, and what that proves of the request in flight.

#include "unit/http1/http1_fixture.h"

namespace ccnproxy::http1 {
namespace {

using testing::HasSubstr;

class Http1ConnectionEnd : public Http1Fixture {
 protected:
  Http1ConnectionEnd() { connect(); }

  void expect_failure(const origin::Call& call, ErrorType type, Proof proof) {
    ASSERT_TRUE(call.sink.failure);
    EXPECT_EQ(to_string(call.sink.failure->type), to_string(type));
    EXPECT_EQ(to_string(call.sink.failure->proof), to_string(proof));
    EXPECT_EQ(call.sink.failure->side, Side::origin);
    EXPECT_NE(call.sink.failure->detail, "");
  }
};

TEST_F(Http1ConnectionEnd, F003_an_idle_connection_that_the_origin_closes_ends) {
  use_once();
  peer_->finish();
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(connection_->capacity(), 0u);
}

TEST_F(Http1ConnectionEnd, F003_one_that_was_never_used_too) {
  peer_->close();
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionEnd, F005_bytes_that_nobody_asked_for_end_an_idle_connection) {
  use_once();
  peer_->send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_TRUE(until([&] { return peer_->ended(); }));
}

TEST_F(Http1ConnectionEnd, F006_a_body_on_head_is_never_the_next_response) {
  auto& call = exchange(
      "HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
      "HEAD");
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.body, "");
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionEnd, F006_a_body_on_head_that_comes_late_ends_the_connection) {
  auto& call = exchange("HTTP/1.1 200 OK\r\nContent-Length: 38\r\n\r\n", "HEAD");
  ASSERT_TRUE(until_ended(call));
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionEnd, F006_bytes_beyond_a_body_are_never_the_next_response) {
  for (const std::string response :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nHTTP/1.1",
        "HTTP/1.1 204 No Content\r\n\r\nok"}) {
    start_anew();
    connect();
    auto& call = exchange(response);
    ASSERT_TRUE(until_ended(call)) << response;
    EXPECT_TRUE(call.sink.complete) << response;
    EXPECT_EQ(connection_->capacity(), 0u) << response;
    EXPECT_TRUE(until_closed()) << response;
  }
}

TEST_F(Http1ConnectionEnd, a_response_that_says_close_is_the_last) {
  auto& call = exchange("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionEnd, a_response_of_http10_is_the_last) {
  auto& call = exchange("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionEnd, F042_F084_a_body_that_ends_too_early_is_incomplete) {
  for (const std::string response :
       {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n12345\r\n"}) {
    start_anew();
    connect();
    auto& call = exchange(response);
    peer_->finish();
    ASSERT_TRUE(until_ended(call));
    EXPECT_EQ(call.sink.body, "12345");
    expect_failure(call, ErrorType::http_response_incomplete, Proof::response_started);
    EXPECT_TRUE(listener_.closed);
  }
}

TEST_F(Http1ConnectionEnd, F042_F084_without_close_notify_a_body_without_length_is_incomplete) {
  start_anew();
  connect_over<origin::HoardingTransport>(false);
  auto& call = exchange("HTTP/1.1 200 OK\r\n\r\npart");
  peer_->finish();
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(call.sink.body, "part");
  expect_failure(call, ErrorType::http_response_incomplete, Proof::response_started);
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("close_notify"));
}

TEST_F(Http1ConnectionEnd, F042_without_close_notify_a_complete_response_is_complete) {
  start_anew();
  connect_over<origin::HoardingTransport>(false);
  auto& call = exchange("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfull");
  peer_->finish();
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionEnd,
       F001_on_a_connection_used_before_an_end_without_a_byte_is_known_as_such) {
  use_once();
  auto& call = open();
  ASSERT_TRUE(await_request());
  peer_->finish();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::no_byte_on_reused);
  EXPECT_TRUE(listener_.closed);
}

TEST_F(Http1ConnectionEnd, F001_on_a_fresh_connection_nobody_knows) {
  auto& call = open();
  ASSERT_TRUE(await_request());
  peer_->finish();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
}

TEST_F(Http1ConnectionEnd, F001_part_of_a_head_is_more_than_no_byte) {
  use_once();
  auto& call = exchange("HTTP/1.1 2");
  peer_->finish();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
}

TEST_F(Http1ConnectionEnd, F001_an_interim_response_is_more_than_no_byte) {
  use_once();
  auto& call = exchange("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  ASSERT_TRUE(until([&] { return !call.sink.informational.empty(); }));
  peer_->finish();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::unknown);
}

TEST_F(Http1ConnectionEnd, F002_a_close_that_came_before_the_request_left_proves_that_it_did_not) {
  use_once();
  peer_->close();
  auto& call = open();
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::connection_terminated, Proof::not_sent);
}

TEST_F(Http1ConnectionEnd, F112_an_answer_before_the_upload_is_complete_is_given_and_is_the_last) {
  auto& call = open("PUT", origin::length_framing(1'000'000));
  call.stream->write_body("first bytes");
  ASSERT_TRUE(await_request());
  peer_->send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch");
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.status, 413);
  EXPECT_EQ(call.sink.body, "much");
  EXPECT_EQ(connection_->capacity(), 0u) << "the rest of the body would be the next request";
  EXPECT_TRUE(until_closed());
}

TEST_F(Http1ConnectionEnd, F112_an_answer_that_explains_a_reset_is_read_before_giving_up) {
  peer_->stop_reading();
  const std::string body(8 * 1024 * 1024, 'u');
  auto& call = open("PUT", origin::length_framing(body.size()));
  call.stream->write_body(body);
  for (int i = 0; i < 10; ++i) loop_.run_once(Duration(0));
  peer_->send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\n\r\nmuch");
  peer_->close();
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.status, 413);
  EXPECT_EQ(call.sink.body, "much");
}

struct BrokenCase {
  const char* name;
  const char* response;
  ErrorType type;
  Proof proof;
};

class Http1Broken : public Http1ConnectionEnd, public testing::WithParamInterface<BrokenCase> {};

TEST_P(Http1Broken, F078_is_the_requests_failure_and_the_connections_end) {
  use_once();
  auto& call = exchange(GetParam().response);
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, GetParam().type, GetParam().proof);
  EXPECT_TRUE(listener_.closed);
  EXPECT_EQ(connection_->capacity(), 0u);
}

constexpr auto broken = ErrorType::http_protocol_error;

INSTANTIATE_TEST_SUITE_P(
    All, Http1Broken,
    testing::Values(
        BrokenCase{"no_http", "SSH-2.0-OpenSSH\r\n\r\n", broken, Proof::unknown},
        BrokenCase{"two_lengths",
                   "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", broken,
                   Proof::unknown},
        BrokenCase{"chunked_twice",
                   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", broken,
                   Proof::unknown},
        BrokenCase{"bad_field", "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n", broken, Proof::unknown},
        BrokenCase{"F069_unasked_101",
                   "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
                   broken, Proof::unknown}),
    [](const auto& of) { return std::string(of.param.name); });

TEST_F(Http1ConnectionEnd, F078_a_broken_chunk_ends_a_response_that_has_begun) {
  auto& call =
      exchange("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnothex\r\n");
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_protocol_error, Proof::response_started);
  EXPECT_TRUE(listener_.closed);
}

TEST_F(Http1ConnectionEnd, F068_a_head_over_the_limit_has_a_name) {
  auto& call = exchange("HTTP/1.1 200 OK\r\nX: " + std::string(70 * 1024, 'x') + "\r\n\r\n");
  ASSERT_TRUE(until_ended(call));
  expect_failure(call, ErrorType::http_response_header_section_size, Proof::unknown);
}

TEST_F(Http1ConnectionEnd,
       F097_a_cancelled_request_ends_the_connection_and_tells_the_sink_nothing) {
  auto& call = open();
  ASSERT_TRUE(await_request());
  call.stream->cancel();
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_FALSE(listener_.closed) << "never from within a stream's call";
  ASSERT_TRUE(until_closed());
  EXPECT_FALSE(call.sink.ended());
  EXPECT_TRUE(until([&] { return peer_->ended(); }));
}

TEST_F(Http1ConnectionEnd, drained_idle_it_ends_but_never_from_within_the_call) {
  use_once();
  connection_->drain("idle");
  EXPECT_EQ(connection_->capacity(), 0u);
  EXPECT_TRUE(connection_->is_draining());
  EXPECT_FALSE(listener_.closed);
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(listener_.closed, "idle");
}

TEST_F(Http1ConnectionEnd, drained_in_use_it_ends_with_its_request) {
  auto& call = open();
  ASSERT_TRUE(await_request());
  connection_->drain("max_age");
  loop_.run_once(Duration(0));
  EXPECT_FALSE(listener_.closed);
  peer_->send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  ASSERT_TRUE(until_closed());
  EXPECT_EQ(listener_.closed, "max_age");
}

}  // namespace
}  // namespace ccnproxy::http1
