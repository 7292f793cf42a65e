// Response heads that are not by the grammar, and which curl, nginx and haproxy take all the same.

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/http/head_parser.h"

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

using namespace std::string_view_literals;

#define OK "HTTP/1.1 200 OK\r\n"

struct Case {
  std::string_view text;
  std::string fields;  ///< as `name: value\n`
  bool faulty = false;
};

std::string written(const Fields& fields) {
  std::string out;
  for (const Field& field : fields) {
    EXPECT_EQ(field.id, field_id(field.name));
    out.append(field.name).append(": ").append(field.value).append("\n");
  }
  return out;
}

// However the bytes come: the last call has all of them.
void expect_taken(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const std::string with_more = std::string(c.text) + "hello";
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{16}, c.text.size()}) {
      ResponseHeadParser parser;
      ResponseHead head;
      ParseResult result;
      for (std::size_t size = 0;
           result.status == ParseStatus::incomplete && size < c.text.size();) {
        size = std::min(size + piece, c.text.size());
        result = parser.parse(std::string_view(with_more).substr(0, size), {}, head);
      }
      ASSERT_EQ(result.status, ParseStatus::complete)
          << test::printable(c.text) << ' ' << piece << ' ' << result.reason;
      EXPECT_EQ(result.consumed, c.text.size()) << test::printable(c.text);
      EXPECT_EQ(head.status, 200) << test::printable(c.text);
      EXPECT_EQ(head.reason, "OK") << test::printable(c.text);
      EXPECT_EQ(written(head.fields), c.fields) << test::printable(c.text);
      EXPECT_EQ(head.faulty, c.faulty) << test::printable(c.text);
    }
  }
}

TEST(ResponseLeniency, F149_lines_may_end_in_lf_alone) {
  expect_taken({
      {"HTTP/1.1 200 OK\n\n", ""},
      {"HTTP/1.1 200 OK\nA: b\n\n", "A: b\n"},
      {"HTTP/1.1 200 OK\nA: b\nC:d \n\n", "A: b\nC: d\n"},
      // Where both stand, one of them may be no line end to another program.
      {"HTTP/1.1 200 OK\nA: b\r\n\r\n", "A: b\n", true},
      {"HTTP/1.1 200 OK\n\r\n", "", true},
      {OK "A: b\nC: d\r\n\r\n", "A: b\nC: d\n", true},
      {OK "A: b\r\n\n", "A: b\n", true},
      {OK "A: b\n\r\n", "A: b\n", true},
      {OK "A: b\n\n", "A: b\n", true},
      {OK "\n", "", true},
  });
}

TEST(ResponseLeniency, F149_a_folded_line_is_one_with_a_space) {
  expect_taken({
      {OK "A: b\r\n c\r\n\r\n", "A: b c\n"},
      {OK "A: b\r\n\tc\r\n\r\n", "A: b c\n"},
      {OK "A: b \t\r\n \t c \r\nD: e\r\n\r\n", "A: b c\nD: e\n"},
      {OK "A: b\r\n c\r\n d\r\n\te\r\n\r\n", "A: b c d e\n"},
      {OK "A:\r\n b\r\n\r\n", "A: b\n"},
      {OK "A:\r\n \r\n b\r\n\r\n", "A: b\n"},
      {OK "A: b\r\n \r\n\r\n", "A: b\n"},
      {OK "A: b\r\n \t\r\nC: d\r\n\r\n", "A: b\nC: d\n"},
      {OK "A: b\r\n C: d\r\n\r\n", "A: b C: d\n"},
      {OK "A : b\r\n c\r\n\r\n", "A: b c\n"},
      {"HTTP/1.1 200 OK\nA: b\n c\n\n", "A: b c\n"},
      {OK "A: b\n c\r\n\r\n", "A: b c\n", true},
      {OK "Content-Length:\r\n 5\r\n\r\n", "Content-Length: 5\n", true},
      {OK "content-length: 5\r\n 0\r\n\r\n", "content-length: 5 0\n", true},
      {OK "Transfer-Encoding:\r\n\tchunked\r\n\r\n", "Transfer-Encoding: chunked\n", true},
  });
}

TEST(ResponseLeniency, F143_white_space_before_a_colon_is_removed) {
  expect_taken({
      {OK "A : b\r\n\r\n", "A: b\n"},
      {OK "A\t: b\r\n\r\n", "A: b\n"},
      {OK "A \t  :b\r\nC: d\r\n\r\n", "A: b\nC: d\n"},
      {OK "A : b\r\nA: c\r\n\r\n", "A: b\nA: c\n"},
      {OK "Connection : close\r\n\r\n", "Connection: close\n"},
      {OK "Content-Length : 5\r\n\r\n", "Content-Length: 5\n", true},
      {OK "TRANSFER-ENCODING\t: chunked\r\n\r\n", "TRANSFER-ENCODING: chunked\n", true},
  });
}

TEST(ResponseLeniency, F143_controls_in_a_value_are_kept) {
  for (int byte = 1; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (c == '\r' || c == '\n') continue;
    const std::string inside = std::string(OK "A: b") + c + "c\r\nD: e\r\n\r\n";
    expect_taken({{inside, std::string("A: b") + c + "c\nD: e\n"}});
    if (c == ' ' || c == '\t') continue;
    const std::string alone = std::string(OK "A:") + c + "\r\n\r\n";
    expect_taken({{alone, std::string("A: ") + c + "\n"}});
  }
}

TEST(ResponseLeniency, F143_names_that_are_no_token_are_kept) {
  expect_taken({
      {OK "X(A): b\r\n\r\n", "X(A): b\n"},
      {OK "X/A: b\r\n\r\n", "X/A: b\n"},
      {OK "X@A[]{}=,;<>?\"\\: b\r\n\r\n", "X@A[]{}=,;<>?\"\\: b\n"},
      {OK "X-\xc3\xa4\xff: b\r\n\r\n", "X-\xc3\xa4\xff: b\n"},
  });
}

TEST(ResponseLeniency, F143_a_reason_phrase_that_is_none_is_left_out) {
  for (const std::string_view text : {"HTTP/1.1 200\r\n\r\n"sv, "HTTP/1.1 200 \r\n\r\n"sv,
                                      "HTTP/1.1 200 O\x01K\r\n\r\n"sv, "HTTP/1.1 200 \x7f\n\n"sv}) {
    ResponseHead head;
    ASSERT_EQ(ResponseHeadParser{}.parse(text, {}, head).status, ParseStatus::complete)
        << test::printable(text);
    EXPECT_EQ(head.reason, "") << test::printable(text);
  }
}

TEST(ResponseLeniency, F149_versions_of_one_kind_are_one) {
  struct Version {
    std::string_view text;
    http::Version version;
    bool faulty;
  };
  for (const Version& c : {Version{"HTTP/1.0", http::Version::http10, false},
                           Version{"http/1.0", http::Version::http10, false},
                           Version{"HTTP/1.1", http::Version::http11, false},
                           Version{"HTTP/1.2", http::Version::http11, false},
                           Version{"hTTp/1.9", http::Version::http11, false},
                           Version{"HTTP/2.0", http::Version::http11, true},
                           Version{"HTTP/2", http::Version::http11, true},
                           Version{"HTTP/3.0", http::Version::http11, true}}) {
    ResponseHead head;
    const std::string text = std::string(c.text) + " 200 OK\r\n\r\n";
    ASSERT_EQ(ResponseHeadParser{}.parse(text, {}, head).status, ParseStatus::complete) << text;
    EXPECT_EQ(head.version, c.version) << text;
    EXPECT_EQ(head.faulty, c.faulty) << text;
  }
}

// What one head needed says nothing of the next one.
TEST(ResponseLeniency, F149_the_next_head_is_read_afresh) {
  ResponseHeadParser parser;
  ResponseHead head;
  const std::string_view text = "HTTP/1.1 103 x\nA : b\n\r\nHTTP/1.1 200 OK\r\nC: d\r\n\r\n";
  const ParseResult first = parser.parse(text, {}, head);
  ASSERT_EQ(first.status, ParseStatus::complete) << first.reason;
  EXPECT_EQ(head.status, 103);
  EXPECT_TRUE(head.faulty);
  const ParseResult second = parser.parse(text.substr(first.consumed), {}, head);
  ASSERT_EQ(second.status, ParseStatus::complete) << second.reason;
  EXPECT_FALSE(head.faulty);
  EXPECT_EQ(written(head.fields), "C: d\n");
  EXPECT_EQ(head.fields[0].value.data(), text.data() + text.size() - 5);  // not copied
}

TEST(ResponseLeniency, F149_limits_are_the_same) {
  const HeadLimits small{.head_bytes = 60, .fields = 2, .target_bytes = 10};
  ResponseHead head;
  const std::string long_head = "HTTP/1.1 200 OK\nA: " + std::string(60, 'x') + "\n\n";
  const ParseResult large = ResponseHeadParser{}.parse(long_head, small, head);
  EXPECT_EQ(large.status, ParseStatus::failed);
  EXPECT_TRUE(large.over_limit);
  const ParseResult many =
      ResponseHeadParser{}.parse("HTTP/1.1 200 OK\na:1\nb:2\nc:3\n\n", small, head);
  EXPECT_EQ(many.status, ParseStatus::failed);
  EXPECT_TRUE(many.over_limit);
}

}  // namespace
}  // namespace ccnproxy::http
