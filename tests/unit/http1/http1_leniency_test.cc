// Responses over HTTP/1.1 that are not by the grammar: what the sink hears, and whether the
// connection carries another request.

#include "unit/http1/http1_fixture.h"

namespace ccnproxy::http1 {
namespace {

using testing::HasSubstr;

#define OK "HTTP/1.1 200 OK\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"
#define HELLO "5\r\nhello\r\n0\r\n\r\n"

struct Lenient {
  const char* name;
  const char* method;
  const char* response;
  const char* body;
  bool kept;
};

class Http1Leniency : public Http1Fixture, public testing::WithParamInterface<Lenient> {
 protected:
  Http1Leniency() { connect(); }

  void expect_taken(const origin::Call& call) {
    EXPECT_TRUE(call.sink.complete) << (call.sink.failure ? call.sink.failure->detail : "");
    EXPECT_EQ(call.sink.body, GetParam().body);
    EXPECT_EQ(connection_->capacity(), GetParam().kept ? 1U : 0U);
    if (GetParam().kept) {
      use_once();
    } else {
      EXPECT_TRUE(until_closed());
    }
  }
};

TEST_P(Http1Leniency, is_taken) {
  auto& call = exchange(GetParam().response, GetParam().method);
  ASSERT_TRUE(until_ended(call));
  expect_taken(call);
}

TEST_P(Http1Leniency, is_taken_however_it_is_cut) {
  auto& call = open(GetParam().method);
  ASSERT_TRUE(await_request());
  for (const char c : std::string_view(GetParam().response)) {
    peer_->send({&c, 1});
    loop_.run_once(std::chrono::milliseconds(100));
  }
  ASSERT_TRUE(until_ended(call));
  expect_taken(call);
}

INSTANTIATE_TEST_SUITE_P(
    All, Http1Leniency,
    testing::Values(
        // F125: over at the empty line
        Lenient{"F125_head_with_a_length", "HEAD", OK "Content-Length: 5\r\n\r\n", "", true},
        Lenient{"F125_head_with_one_length_twice", "HEAD",
                OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "", true},
        Lenient{"F125_head_with_chunked", "HEAD", OK CHUNKED, "", false},
        Lenient{"F125_head_with_both", "HEAD", OK "Content-Length: 5\r\n" CHUNKED, "", false},
        Lenient{"F125_head_with_an_unknown_coding", "HEAD", OK "Transfer-Encoding: x\r\n\r\n", "",
                false},
        Lenient{"F125_head_with_two_lengths", "HEAD",
                OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "", false},
        Lenient{"F125_head_with_a_huge_length", "HEAD",
                OK "Content-Length: 99999999999999999999999\r\n\r\n", "", false},
        Lenient{"F125_head_with_garbage", "HEAD", OK "Content-Length: five\r\n\r\n", "", false},
        Lenient{"F125_204_with_no_fields", "GET", "HTTP/1.1 204 No Content\r\n\r\n", "", true},
        Lenient{"F125_204_with_length_zero", "GET", "HTTP/1.1 204 X\r\nContent-Length: 0\r\n\r\n",
                "", true},
        Lenient{"F125_204_with_a_length", "GET", "HTTP/1.1 204 X\r\nContent-Length: 5\r\n\r\n", "",
                false},
        Lenient{"F125_204_with_chunked", "POST", "HTTP/1.1 204 X\r\n" CHUNKED, "", false},
        Lenient{"F125_304_with_a_length", "GET", "HTTP/1.1 304 X\r\nContent-Length: 5\r\n\r\n", "",
                true},
        Lenient{"F125_304_with_both", "GET", "HTTP/1.1 304 X\r\nContent-Length: 5\r\n" CHUNKED, "",
                false},
        Lenient{"F125_304_with_garbage", "GET", "HTTP/1.1 304 X\r\nContent-Length: -1\r\n\r\n", "",
                false},
        Lenient{"F125_304_with_an_unknown_coding", "GET",
                "HTTP/1.1 304 X\r\nTransfer-Encoding: gzip, x\r\n\r\n", "", false},
        Lenient{"F125_103_with_a_length", "GET",
                "HTTP/1.1 103 X\r\nContent-Length: 5\r\n\r\n" OK "Content-Length: 2\r\n\r\nok",
                "ok", false},
        Lenient{"F125_100_with_chunked", "GET",
                "HTTP/1.1 100 X\r\n" CHUNKED OK "Content-Length: 2\r\n\r\nok", "ok", false},
        Lenient{"F125_103_with_garbage", "GET",
                "HTTP/1.1 103 X\r\nContent-Length: x\r\nTransfer-Encoding: x\r\n\r\n" OK
                "Content-Length: 2\r\n\r\nok",
                "ok", false},
        Lenient{"F125_103_with_length_zero", "GET",
                "HTTP/1.1 103 X\r\nContent-Length: 0\r\n\r\n" OK "Content-Length: 2\r\n\r\nok",
                "ok", true},
        // F131
        Lenient{"F131_first_chunk", "GET", OK CHUNKED "5 \r\nhello\r\n0\r\n\r\n", "hello", true},
        Lenient{"F131_middle_chunk", "GET",
                OK CHUNKED "1\r\nh\r\n3\t \r\nell\r\n1\r\no\r\n0\r\n\r\n", "hello", true},
        Lenient{"F131_last_chunk", "GET", OK CHUNKED "5\r\nhello\r\n0 \r\n\r\n", "hello", true},
        Lenient{"F131_before_an_extension", "GET", OK CHUNKED "5 ;a=b\t\r\nhello\r\n0\r\n\r\n",
                "hello", true},
        Lenient{"F149_bare_lf_after_a_size", "GET", OK CHUNKED "5\nhello\r\n0\r\n\r\n", "hello",
                false},
        Lenient{"F149_bare_lf_after_data", "GET", OK CHUNKED "5\r\nhello\n0\r\n\r\n", "hello",
                false},
        Lenient{"F149_bare_lf_in_trailers", "GET", OK CHUNKED "5\r\nhello\r\n0\r\nA: b\n\r\n",
                "hello", false},
        Lenient{"F150_padded_sizes", "GET",
                OK CHUNKED "00000000000000000000000005\r\nhello\r\n00000000000000000000\r\n\r\n",
                "hello", true},
        // F143
        Lenient{"F143_one_length_twice", "GET",
                OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "hello", true},
        Lenient{"F143_a_list_of_one_length", "GET", OK "Content-Length: 5, 5\r\n\r\nhello", "hello",
                true},
        Lenient{"F143_space_before_a_colon", "GET", OK "A : b\r\nContent-Length: 5\r\n\r\nhello",
                "hello", true},
        Lenient{"F143_space_before_a_lengths_colon", "GET", OK "Content-Length : 5\r\n\r\nhello",
                "hello", false},
        Lenient{"F143_a_control_in_a_value", "GET", OK "A: \x1b\r\nContent-Length: 5\r\n\r\nhello",
                "hello", true},
        // F149
        Lenient{"F149_bare_lf_in_all_lines", "GET", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
                "hello", true},
        Lenient{"F149_bare_lf_in_some_lines", "GET", OK "A: b\nContent-Length: 5\r\n\r\nhello",
                "hello", false},
        Lenient{"F149_bare_lf_in_an_interim_head", "GET",
                "HTTP/1.1 103 X\nA: b\r\n\r\n" OK "Content-Length: 5\r\n\r\nhello", "hello", false},
        Lenient{"F149_a_folded_field", "GET", OK "A: b\r\n c\r\nContent-Length: 5\r\n\r\nhello",
                "hello", true},
        Lenient{"F149_a_folded_length", "GET", OK "Content-Length:\r\n 5\r\n\r\nhello", "hello",
                false},
        Lenient{"F149_chunked_with_a_length", "GET", OK "Content-Length: 3\r\n" CHUNKED HELLO,
                "hello", false},
        Lenient{"F149_chunked_in_http_1_0", "GET",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" CHUNKED HELLO, "hello", false},
        Lenient{"F149_identity", "GET",
                OK "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello", "hello", false},
        Lenient{"F149_chunked_in_capitals", "GET", OK "Transfer-Encoding: CHUNKED\r\n\r\n" HELLO,
                "hello", true},
        Lenient{"F127_chunked_and_an_empty_line", "GET",
                OK "Transfer-Encoding:\r\nTransfer-Encoding: chunked,\r\n\r\n" HELLO, "hello",
                true},
        Lenient{"F127_close_in_a_second_line", "GET",
                OK "Connection: x\r\nConnection: y, close\r\nContent-Length: 5\r\n\r\nhello",
                "hello", false},
        Lenient{"F127_close_in_a_first_line", "GET",
                OK "Connection: CLOSE\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
                "hello", false},
        Lenient{"F127_keep_alive_in_a_second_line", "GET",
                "HTTP/1.0 200 OK\r\nConnection:\r\nConnection: , keep-alive\r\nContent-Length: "
                "5\r\n\r\nhello",
                "hello", true},
        Lenient{"F150_http_1_2", "GET", "HTTP/1.2 200 OK\r\nContent-Length: 5\r\n\r\nhello",
                "hello", true}),
    [](const auto& of) { return std::string(of.param.name); });

class Http1LeniencyTest : public Http1Fixture {
 protected:
  Http1LeniencyTest() { connect(); }
};

TEST_F(Http1LeniencyTest, F125_a_body_on_head_is_never_the_next_response) {
  auto& call = exchange(OK CHUNKED, "HEAD");
  ASSERT_TRUE(until_ended(call));
  peer_->send("0\r\n\r\n");
  EXPECT_TRUE(until_closed());
  EXPECT_EQ(connection_->capacity(), 0U);
}

TEST_F(Http1LeniencyTest, F127_keep_alive_in_several_lines) {
  auto& call =
      exchange(OK "Keep-Alive: timeout=7\r\nContent-Length: 0\r\nkeep-alive: max=3\r\n\r\n");
  ASSERT_TRUE(until_ended(call));
  EXPECT_EQ(connection_->announced_limits().idle, std::chrono::seconds(7));
  EXPECT_EQ(connection_->announced_limits().requests, 4U);
}

TEST_F(Http1LeniencyTest, F130_a_hundred_interim_responses_at_once_pass) {
  std::string response;
  for (int i = 0; i < 100; ++i) response += "HTTP/1.1 102 Processing\r\n\r\n";
  auto& call = exchange(response + OK "Content-Length: 2\r\n\r\nok");
  ASSERT_TRUE(until_ended(call));
  EXPECT_TRUE(call.sink.complete);
  EXPECT_EQ(call.sink.informational.size(), 100U);
  EXPECT_EQ(connection_->capacity(), 1U);
}

TEST_F(Http1LeniencyTest, F130_a_thousand_pass_on_one_connection_where_requests_share_them) {
  std::string response;
  for (int i = 0; i < 100; ++i) response += "HTTP/1.1 102 Processing\r\n\r\n";
  for (int i = 0; i < 10; ++i) {  // the bound is a request's
    auto& call = exchange(response + OK "Content-Length: 2\r\n\r\nok");
    ASSERT_TRUE(until_ended(call));
    ASSERT_TRUE(call.sink.complete);
  }
}

TEST_F(Http1LeniencyTest, F069_F130_a_flood_of_interim_responses_names_the_bound) {
  std::string response;
  for (int i = 0; i < 5000; ++i) response += "HTTP/1.1 102 Processing\r\n\r\n";
  auto& call = exchange(response);
  ASSERT_TRUE(until_ended(call));
  ASSERT_TRUE(call.sink.failure);
  EXPECT_EQ(to_string(call.sink.failure->type), to_string(ErrorType::http_protocol_error));
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("128 at once and 100 a second"));
}

TEST_F(Http1LeniencyTest, F143_different_lengths_name_the_field) {
  auto& call = exchange(OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!");
  ASSERT_TRUE(until_ended(call));
  ASSERT_TRUE(call.sink.failure);
  EXPECT_THAT(call.sink.failure->detail, HasSubstr("Content-Length"));
}

}  // namespace
}  // namespace ccnproxy::http1
