#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/http/head_parser.h"

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

using namespace std::string_view_literals;

TEST(ResponseHeadParser, reads_a_response_into_views_of_the_input) {
  const test::Exact input(
      "HTTP/1.0 404 Not  Found!\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\nHTTP/1.1 200"sv);
  ResponseHead head;
  const ParseResult result = ResponseHeadParser{}.parse(input.view(), {}, head);
  ASSERT_EQ(result.status, ParseStatus::complete) << result.reason;
  EXPECT_EQ(result.consumed, input.view().size() - 12);
  EXPECT_EQ(head.status, 404);
  EXPECT_EQ(head.version, Version::http10);
  EXPECT_EQ(head.reason, "Not  Found!");
  ASSERT_EQ(head.fields.size(), 2u);
  EXPECT_EQ(head.fields[1].value, "b");
}

TEST(ResponseHeadParser, takes_what_is_unusual_but_allowed) {
  const std::vector<std::pair<std::string_view, std::uint16_t>> texts = {
      {"HTTP/1.1 200 OK\r\n\r\n", 200},
      {"HTTP/1.1 200 \r\n\r\n", 200},
      {"HTTP/1.1 200\r\n\r\n", 200},
      {"HTTP/1.0 200 OK\r\n\r\n", 200},
      {"HTTP/1.1 100 Continue\r\n\r\n", 100},
      {"HTTP/1.1 599 x\r\n\r\n", 599},
      {"HTTP/1.1 999 Request denied\r\n\r\n", 999},
      {"HTTP/1.1 200 caf\xc3\xa9\tx\r\n\r\n", 200},
      {"HTTP/1.1 200  two spaces\r\n\r\n", 200},
      {"HTTP/1.1 200 OK\r\nX:\r\n\r\n", 200},
      {"HTTP/1.1  200 OK\r\n\r\n", 200},
      {"HTTP/1.1 200\tOK\r\n\r\n", 200},
      {"HTTP/1.1 200OK\r\n\r\n", 200},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", 200},
      {"http/1.1 200 OK\r\n\r\n", 200},
      {"Http/1.0 200 OK\r\n\r\n", 200},
      {"HTTP/1.2 200 OK\r\n\r\n", 200},
      {"HTTP/1.9 200 OK\r\n\r\n", 200},
      {"HTTP/2.0 200 OK\r\n\r\n", 200},
      {"HTTP/2 200\r\n\r\n", 200},
      {"HTTP/3 200\r\n\r\n", 200},
  };
  for (const auto& [text, status] : texts) {
    for (const std::size_t piece : {std::size_t{1}, text.size()}) {
      ResponseHead head;
      const ParseResult result =
          test::parse_in_pieces<ResponseHeadParser>(text, piece, head, HeadLimits{});
      EXPECT_EQ(result.status, ParseStatus::complete) << test::printable(text) << result.reason;
      EXPECT_EQ(result.consumed, text.size()) << test::printable(text);
      EXPECT_EQ(head.status, status) << test::printable(text);
    }
  }
}

#define OK "HTTP/1.1 200 OK\r\n"

TEST(ResponseHeadParser, F076_F081_refuses_what_could_be_read_two_ways) {
  const std::vector<std::string_view> texts = {
      "HTTP/0.9 200 OK\r\n\r\n",
      "HTTP/4.0 200 OK\r\n\r\n",
      "HTTP/1 200 OK\r\n\r\n",
      "HTTP/1.10 200 OK\r\n\r\n",
      "HTTP/1. 200 OK\r\n\r\n",
      "HTTP/1.x 200 OK\r\n\r\n",
      "HTTP/2.x 200 OK\r\n\r\n",
      "HTTP/2\r\n\r\n",
      "HTTP/1.1\t200 OK\r\n\r\n",
      "HTTP/1.1200 OK\r\n\r\n",
      "HTTP/1.1 \r\n\r\n",
      "HTTP/1.1\r\n\r\n",
      "HTTP/1.\r\n\r\n",
      "HTTP/1.1 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 099 OK\r\n\r\n",
      "HTTP/1.1 000 OK\r\n\r\n",
      "HTTP/1.1 +20 OK\r\n\r\n",
      "HTTP/1.1 -20 OK\r\n\r\n",
      "HTTP/1.1 2x0 OK\r\n\r\n",
      "HTTP/1.1 0x1 OK\r\n\r\n",
      "HTTP/1.1 200 O\0K\r\n\r\n"sv,
      "HTTP/1.1 200 O\rK\r\n\r\n",
      "HTTP/1.1 200 O\nK\r\n\r\n",
      "HTTPS/1.1 200 OK\r\n\r\n",
      "HTTP 200 OK\r\n\r\n",
      " HTTP/1.1 200 OK\r\n\r\n",
      "\r\nHTTP/1.1 200 OK\r\n\r\n",
      "\nHTTP/1.1 200 OK\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
      "<html>\r\n\r\n",
      "x",
      "\0"sv,
      "\x15\x03\x01\x00\x02\x02\x46"sv,
      "GET / HTTP/1.1\r\n\r\n",
      OK " X: a\r\n\r\n",
      OK "\tX: a\r\n\r\n",
      OK ": a\r\n\r\n",
      OK " : a\r\n\r\n",
      OK "X\r\n\r\n",
      OK "X\n\r\n",
      OK "X: a\r\nY\r\n\r\n",
      OK "X Y: a\r\n\r\n",
      OK "X\x01: a\r\n\r\n",
      OK "X\x7f: a\r\n\r\n",
      OK "X\0: a\r\n\r\n"sv,
      OK "X: a\0b\r\n\r\n"sv,
      OK "X: \0\r\n\r\n"sv,
      OK "X: a\rb\r\n\r\n",
      OK "X: a\r\r\n\r\n",
      OK "X: a\n\rb\r\n\r\n",
      OK "X: a\r\n b\rc\r\n\r\n",
      OK ":status: 200\r\n\r\n",
      OK "Content-Length\xa0: 5\r\n\r\n",
      OK "\xa0Transfer-Encoding: chunked\r\n\r\n",
      OK "\"content-length\" : 5\r\n\r\n",
      OK "(Transfer-Encoding),: chunked\n\r\n",
  };
  for (const std::string_view text : texts) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, text.size()}) {
      ResponseHead head;
      const ParseResult result =
          test::parse_in_pieces<ResponseHeadParser>(text, piece, head, HeadLimits{});
      EXPECT_EQ(result.status, ParseStatus::failed) << test::printable(text);
      EXPECT_EQ(result.status_code, 502) << test::printable(text);
      EXPECT_FALSE(result.reason.empty()) << test::printable(text);
    }
  }
}

TEST(ResponseHeadParser, explains_an_answer_in_tls) {
  ResponseHead head;
  const ParseResult result = ResponseHeadParser{}.parse("\x15\x03\x01", {}, head);
  EXPECT_EQ(result.reason,
            "the origin's answer looks like TLS; it does not speak plain HTTP on this port");
}

TEST(ResponseHeadParser, reads_interim_and_final_heads_one_after_another) {
  const std::string_view text = "HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 204\r\n\r\n";
  ResponseHeadParser parser;
  ResponseHead head;
  const ParseResult first = parser.parse(text, {}, head);
  ASSERT_EQ(first.status, ParseStatus::complete);
  EXPECT_EQ(head.status, 103);
  ASSERT_EQ(parser.parse(text.substr(first.consumed), {}, head).status, ParseStatus::complete);
  EXPECT_EQ(head.status, 204);
  EXPECT_TRUE(head.fields.empty());
}

TEST(Trailers, are_field_lines_up_to_an_empty_line) {
  Fields fields;
  const std::string_view text = "A: 1\r\nB:\t2 \r\n\r\nrest";
  const ParseResult result = parse_trailers(text, {}, fields);
  ASSERT_EQ(result.status, ParseStatus::complete);
  EXPECT_EQ(result.consumed, text.size() - 4);
  ASSERT_EQ(fields.size(), 2u);
  EXPECT_EQ(fields[1].value, "2");
  EXPECT_EQ(parse_trailers("\r\nrest", {}, fields).consumed, 2u);
  EXPECT_TRUE(fields.empty());
  EXPECT_EQ(parse_trailers("A: 1\r\n", {}, fields).status, ParseStatus::incomplete);
  EXPECT_EQ(parse_trailers("", {}, fields).status, ParseStatus::incomplete);
}

TEST(Trailers, F076_are_held_to_the_same_rules) {
  Fields fields;
  for (const std::string_view text :
       {"A : 1\r\n\r\n"sv, " A: 1\r\n\r\n"sv, ": 1\r\n\r\n"sv, "A\r\n\r\n"sv, "\n"sv, "A: 1\n\n"sv,
        "A: \0\r\n\r\n"sv, "\rX"sv}) {
    EXPECT_EQ(parse_trailers(text, {}, fields).status, ParseStatus::failed)
        << test::printable(text);
  }
}

}  // namespace
}  // namespace ccnproxy::http
