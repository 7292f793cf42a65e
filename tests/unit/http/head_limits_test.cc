#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "ccnproxy/http/head_parser.h"

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

constexpr HeadLimits small{.head_bytes = 200, .fields = 3, .target_bytes = 40};

ParseResult parse(const std::string& text, std::size_t piece, const HeadLimits& limits = small) {
  RequestHead head;
  return test::parse_in_pieces<RequestHeadParser>(text, piece, head, limits);
}

std::string request(const std::string& target, const std::string& fields) {
  return "GET " + target + " HTTP/1.1\r\n" + fields + "\r\n";
}

std::string padded_to(std::size_t size) {
  const std::string bare = request("/", "X: \r\n");
  return request("/", "X: " + std::string(size - bare.size(), 'a') + "\r\n");
}

TEST(HeadLimits, hold_to_the_byte) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    EXPECT_EQ(parse(padded_to(200), piece).status, ParseStatus::complete) << piece;
    const ParseResult over = parse(padded_to(201), piece);
    EXPECT_EQ(over.status, ParseStatus::failed) << piece;
    EXPECT_EQ(over.status_code, 431) << piece;
  }
}

TEST(HeadLimits, do_not_count_what_follows_the_head) {
  EXPECT_EQ(parse(padded_to(200) + std::string(1000, 'b'), 5000).status, ParseStatus::complete);
}

TEST(HeadLimits, end_a_head_that_has_no_end) {
  const std::string endless = "GET / HTTP/1.1\r\nX: " + std::string(300, 'a');
  EXPECT_EQ(parse(endless, 1).status_code, 431);
  EXPECT_EQ(parse(endless, 1000).status_code, 431);
  const std::string lines = "GET / HTTP/1.1\r\n" + std::string(100, '\t') + std::string(200, 'a');
  EXPECT_EQ(parse(lines, 1).status_code, 431);
}

TEST(HeadLimits, bound_the_number_of_fields) {
  EXPECT_EQ(parse(request("/", "A: 1\r\nB: 2\r\nC: 3\r\n"), 1).status, ParseStatus::complete);
  const ParseResult over = parse(request("/", "A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n"), 1);
  EXPECT_EQ(over.status, ParseStatus::failed);
  EXPECT_EQ(over.status_code, 431);
}

TEST(HeadLimits, bound_the_target) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{1000}}) {
    const std::string longest = "/" + std::string(39, 'a');
    EXPECT_EQ(parse(request(longest, ""), piece).status, ParseStatus::complete) << piece;
    EXPECT_EQ(parse(request(longest + "a", ""), piece).status_code, 414) << piece;
  }
}

// Told before the whole head limit is filled, and the same however it is cut.
TEST(HeadLimits, end_a_request_line_that_has_no_end) {
  const std::string endless = "GET /" + std::string(5000, 'a');
  HeadLimits limits;
  limits.target_bytes = 100;
  EXPECT_EQ(parse(endless, 1, limits).status_code, 414);
  EXPECT_EQ(parse(endless, 5000, limits).status_code, 414);
  EXPECT_EQ(parse(endless + '\0', 1, limits).status_code, 414);
  EXPECT_EQ(parse(endless + '\0', 6000, limits).status_code, 414);
  EXPECT_EQ(parse(endless + " HTTP/1.1\r\n\r\n", 6000, limits).status_code, 414);
}

TEST(HeadLimits, F068_hold_for_responses_too) {
  const std::string head = "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\n";
  ResponseHead response;
  const auto parse_response = [&](const std::string& text) {
    return test::parse_in_pieces<ResponseHeadParser>(text, text.size(), response, small);
  };
  EXPECT_EQ(parse_response(head + "\r\n").status, ParseStatus::complete);
  const ParseResult fields = parse_response(head + "D: 4\r\n\r\n");
  EXPECT_EQ(fields.status_code, 502);
  EXPECT_EQ(fields.reason, "more header fields than the limit");
  const ParseResult bytes = parse_response(head + "D: " + std::string(200, 'a'));
  EXPECT_EQ(bytes.status_code, 502);
  EXPECT_EQ(bytes.reason, "the head is larger than the limit");
}

TEST(HeadLimits, hold_for_trailers) {
  Fields fields;
  EXPECT_EQ(parse_trailers("A: 1\r\nB: 2\r\nC: 3\r\n\r\n", small, fields).status,
            ParseStatus::complete);
  EXPECT_EQ(parse_trailers("A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n", small, fields).status_code, 431);
  EXPECT_EQ(parse_trailers("A: " + std::string(300, 'a'), small, fields).status_code, 431);
}

// A whole head of the largest size, byte by byte: with a search from the beginning each time this
// would look at two thousand million bytes.
TEST(HeadLimits, a_head_of_64_KiB_may_come_byte_by_byte) {
  const std::string text = padded_to(HeadLimits{}.head_bytes);
  RequestHeadParser parser;
  RequestHead head;
  for (std::size_t size = 1; size < text.size(); ++size) {
    ASSERT_EQ(parser.parse(std::string_view(text).substr(0, size), {}, head).status,
              ParseStatus::incomplete);
  }
  EXPECT_EQ(parser.parse(text, {}, head).status, ParseStatus::complete);
}

}  // namespace
}  // namespace ccnproxy::http
