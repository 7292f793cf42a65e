#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/http/head_parser.h"

#include "unit/http/pieces.h"

namespace ccnproxy::http {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

ParseResult parse(std::string_view text, RequestHead& head, const HeadLimits& limits = {}) {
  return RequestHeadParser{}.parse(text, limits, head);
}

TEST(RequestHeadParser, reads_a_request_into_views_of_the_input) {
  const test::Exact input(
      "POST /a?b=c HTTP/1.1\r\nHost: a.example\r\nX-Empty:\r\nx-CASE: \t v w \t \r\n\r\nbody"sv);
  RequestHead head;
  const ParseResult result = parse(input.view(), head);
  ASSERT_EQ(result.status, ParseStatus::complete) << result.reason;
  EXPECT_EQ(result.consumed, input.view().size() - 4);
  EXPECT_EQ(result.status_code, 0);
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/a?b=c");
  EXPECT_EQ(head.target.data(), input.view().data() + 5);
  EXPECT_EQ(head.version, Version::http11);
  ASSERT_EQ(head.fields.size(), 3u);
  EXPECT_EQ(head.fields[0].name, "Host");
  EXPECT_EQ(head.fields[0].value, "a.example");
  EXPECT_EQ(head.fields[0].id, FieldId::host);
  EXPECT_EQ(head.fields[1].value, "");
  EXPECT_EQ(head.fields[2].name, "x-CASE");
  EXPECT_EQ(head.fields[2].value, "v w");
  EXPECT_EQ(head.fields[2].id, FieldId::other);
}

TEST(RequestHeadParser, keeps_duplicates_and_their_order) {
  RequestHead head;
  ASSERT_EQ(parse("GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nA: 3\r\n\r\n", head).status,
            ParseStatus::complete);
  ASSERT_EQ(head.fields.size(), 3u);
  EXPECT_EQ(head.fields[0].value, "1");
  EXPECT_EQ(head.fields[1].value, "2");
  EXPECT_EQ(head.fields[2].value, "3");
}

TEST(RequestHeadParser, takes_what_is_unusual_but_allowed) {
  const std::vector<std::string_view> texts = {
      "GET / HTTP/1.0\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "\r\nGET / HTTP/1.1\r\n\r\n",
      "\r\n\r\nGET / HTTP/1.1\r\n\r\n",
      "get / HTTP/1.1\r\n\r\n",
      "M-SEARCH / HTTP/1.1\r\n\r\n",
      "!#$%&'*+-.^_`|~9 / HTTP/1.1\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\n\r\n",
      "CONNECT a.example:443 HTTP/1.1\r\n\r\n",
      "GET http://a.example HTTP/1.1\r\n\r\n",
      "GET HTTPS://a.example/x?y HTTP/1.1\r\n\r\n",
      "GET a+b-c.1://a.example/x HTTP/1.1\r\n\r\n",
      "GET //a//../b HTTP/1.1\r\n\r\n",
      "GET /?x=http://b.example/ HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\n!#$%&'*+-.^_`|~9: x\r\n\r\n",
      "GET / HTTP/1.1\r\nX:y\r\n\r\n",
      "GET / HTTP/1.1\r\nX: a:b::c\r\n\r\n",
      "GET / HTTP/1.1\r\nX: a\tb\r\n\r\n",
      "GET / HTTP/1.1\r\nX: \"quoted, \\\" text\"\r\n\r\n",
      "GET / HTTP/1.1\r\nX: \x80\xff caf\xc3\xa9\r\n\r\n",
      "GET / HTTP/1.1\r\nX:\r\nY: \r\nZ:\t\r\n\r\n",
  };
  for (const std::string_view text : texts) {
    RequestHead head;
    const ParseResult whole =
        test::parse_in_pieces<RequestHeadParser>(text, text.size(), head, HeadLimits{});
    EXPECT_EQ(whole.status, ParseStatus::complete) << test::printable(text) << whole.reason;
    EXPECT_EQ(whole.consumed, text.size()) << test::printable(text);
    const ParseResult cut = test::parse_in_pieces<RequestHeadParser>(text, 1, head, HeadLimits{});
    EXPECT_EQ(cut.status, ParseStatus::complete) << test::printable(text) << cut.reason;
    EXPECT_EQ(cut.consumed, text.size()) << test::printable(text);
  }
}

TEST(RequestHeadParser, F141_keeps_bytes_above_0x7f_in_the_target) {
  std::string high;
  for (int byte = 0x80; byte < 0x100; ++byte) high += static_cast<char>(byte);
  for (const std::string& target : {"/" + high, "/\xe6\xa4\x9c\xe7\xb4\xa2?q=\xe6\x97\xa5" + high,
                                    "http://a.example/" + high, "https://a.example?" + high}) {
    const std::string text = "GET " + target + " HTTP/1.1\r\n\r\n";
    for (const std::size_t piece : {std::size_t{1}, text.size()}) {
      RequestHeadParser parser;
      RequestHead head;
      ParseResult result;
      for (std::size_t size = piece; size <= text.size(); size += piece)
        result = parser.parse(std::string_view(text).substr(0, size), {}, head);
      ASSERT_EQ(result.status, ParseStatus::complete) << result.reason;
      EXPECT_EQ(head.target, target);
    }
  }
}

TEST(RequestHeadParser, F150_http_1_2_to_1_9_are_as_1_1) {
  for (char minor = '0'; minor <= '9'; ++minor) {
    const std::string text = std::string("GET / HTTP/1.") + minor + "\r\n\r\n";
    RequestHead head;
    ASSERT_EQ(RequestHeadParser{}.parse(text, {}, head).status, ParseStatus::complete) << minor;
    EXPECT_EQ(head.version, minor == '0' ? Version::http10 : Version::http11) << minor;
  }
}

TEST(RequestHeadParser, F118_keeps_the_target_byte_for_byte) {
  std::string target = "/";
  for (char c = 0x21; c < 0x7f; ++c) {
    if (c != '#') target += c;
  }
  target += "//a/../%2F%2f%zz?+=@&?/;,";
  const std::string text = "GET " + target + " HTTP/1.1\r\n\r\n";
  RequestHead head;
  ASSERT_EQ(parse(text, head).status, ParseStatus::complete);
  EXPECT_EQ(head.target, target);
}

TEST(RequestHeadParser, judges_every_byte_in_every_place) {
  struct Place {
    std::string_view before;
    std::string_view after;
    std::string_view also_taken;  // bytes that are right here for another reason
    std::string (*taken)();
  };
  const auto tokens = [] {
    return "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"s;
  };
  const auto values = [] {
    std::string all = "\t";
    for (int byte = 0x20; byte < 256; ++byte) {
      if (byte != 0x7f) all += static_cast<char>(byte);
    }
    return all;
  };
  const auto targets = [] {
    std::string all;
    for (int byte = 0x21; byte < 256; ++byte) {
      if (byte != '#' && byte != 0x7f) all += static_cast<char>(byte);
    }
    return all;
  };
  const std::vector<Place> places = {
      {"G", "T / HTTP/1.1\r\n\r\n", "", tokens},
      {"GET /a", "b HTTP/1.1\r\n\r\n", "", targets},
      {"GET / HTTP/1.1\r\nX", "Y: z\r\n\r\n", ":", tokens},
      {"GET / HTTP/1.1\r\nX: a", "b\r\n\r\n", "", values},
  };
  for (const Place& place : places) {
    const std::string taken = place.taken() + std::string(place.also_taken);
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      const std::string text = std::string(place.before) + c + std::string(place.after);
      RequestHead head;
      const bool complete = parse(text, head).status == ParseStatus::complete;
      EXPECT_EQ(complete, taken.find(c) != std::string::npos) << test::printable(text);
    }
  }
}

TEST(RequestHeadParser, leaves_what_follows_the_head_alone) {
  const std::string_view first = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string both(first);
  both += "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n\0\n\r\x7f";
  RequestHead head;
  const ParseResult result = parse(both, head);
  ASSERT_EQ(result.status, ParseStatus::complete);
  EXPECT_EQ(result.consumed, first.size());
  EXPECT_EQ(head.target, "/1");
}

// After a head the parser is ready for the next one, without being told.
TEST(RequestHeadParser, reads_one_head_after_another) {
  RequestHeadParser parser;
  RequestHead head;
  for (const char* target : {"/1", "/22", "/333"}) {
    const std::string text = std::string("GET ") + target + " HTTP/1.1\r\nA: b\r\n\r\n";
    EXPECT_EQ(parser.parse(text.substr(0, 20), {}, head).status, ParseStatus::incomplete);
    ASSERT_EQ(parser.parse(text, {}, head).status, ParseStatus::complete);
    EXPECT_EQ(head.target, target);
    EXPECT_EQ(head.fields.size(), 1u);
  }
}

TEST(RequestHeadParser, reset_forgets_a_head_that_had_begun) {
  RequestHeadParser parser;
  RequestHead head;
  const std::string begun = "GET /" + std::string(100, 'a');
  ASSERT_EQ(parser.parse(begun, {}, head).status, ParseStatus::incomplete);
  parser.reset();
  const ParseResult result = parser.parse("GET / HTTP/1.1\r\n\r\n", {}, head);
  ASSERT_EQ(result.status, ParseStatus::complete);
  EXPECT_EQ(head.target, "/");
}

TEST(RequestHeadParser, is_incomplete_at_every_cut_and_complete_only_at_the_end) {
  const std::string_view text = "\r\nGET /a HTTP/1.1\r\nHost: a.example\r\nX: yz\r\n\r\n";
  RequestHeadParser parser;
  RequestHead head;
  for (std::size_t size = 0; size < text.size(); ++size) {
    const test::Exact input(text.substr(0, size));
    ASSERT_EQ(parser.parse(input.view(), {}, head).status, ParseStatus::incomplete) << size;
  }
  EXPECT_EQ(parser.parse(text, {}, head).status, ParseStatus::complete);
}

std::string_view reason(std::string_view text) {
  RequestHead head;
  return parse(text, head).reason;
}

TEST(RequestHeadParser, explains_what_is_not_http_at_the_first_bytes) {
  EXPECT_EQ(reason("\x16\x03\x01"), "this looks like TLS; this port speaks plain HTTP");
  EXPECT_EQ(reason("\x16"), "this looks like TLS; this port speaks plain HTTP");
  EXPECT_EQ(reason("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            "HTTP/2 without TLS is not spoken here; send HTTP/1.1 instead");
  EXPECT_EQ(reason("\x05\x01\x00"sv), "this is not HTTP: a request begins with a method");
  EXPECT_EQ(reason("\n"), "a stray line end before the request line");
}

TEST(RequestHeadParser, F079_names_what_is_wrong_with_a_request_line) {
  const std::string host = "\r\nHost: a\r\n\r\n";
  EXPECT_EQ(reason("GET /a#b HTTP/1.1" + host), "a fragment (#) in the request target");
  EXPECT_EQ(reason("GET /\t HTTP/1.1" + host),
            "a byte in the request target that can't stand in a URI");
  EXPECT_EQ(reason("GET a HTTP/1.1" + host),
            "the request target is neither a path, an absolute http URI, nor * with OPTIONS");
  EXPECT_EQ(reason("GET  / HTTP/1.1" + host),
            "no request target: it must follow the method after one space");
  EXPECT_EQ(reason("GET /" + host), "no HTTP version after the request target");
  EXPECT_EQ(reason("GET / http/1.1" + host), "the request line does not end in HTTP/1.1");
  EXPECT_EQ(reason("GET / HTTP/3.0" + host), "only HTTP/1.1 and HTTP/1.0 are spoken here");
  EXPECT_EQ(reason("G=T / HTTP/1.1" + host), "the method is not a token followed by one space");
}

TEST(RequestHeadParser, F076_names_what_is_wrong_with_a_field_line) {
  const std::string line = "GET / HTTP/1.1\r\n";
  EXPECT_EQ(reason(line + "A: b\r\n c\r\n\r\n"),
            "a field line that begins with white space (obs-fold)");
  EXPECT_EQ(reason(line + "A : b\r\n\r\n"), "white space between a field name and its colon");
  EXPECT_EQ(reason(line + ": b\r\n\r\n"), "a field line with no name");
  EXPECT_EQ(reason(line + "A\r\n\r\n"), "a field line with no colon");
  EXPECT_EQ(reason(line + "A(: b\r\n\r\n"), "a byte in a field name that can't stand there");
}

}  // namespace
}  // namespace ccnproxy::http
