#include "ccnproxy/http/framing.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace ccnproxy::http {
namespace {

using Kind = BodyFraming::Kind;

struct Line {
  std::string_view name;
  std::string_view value;
};

Fields fields_of(const std::vector<Line>& lines) {
  Fields fields;
  for (const Line& line : lines) fields.push_back({line.name, line.value, field_id(line.name)});
  return fields;
}

RequestHead request(const std::vector<Line>& lines, Version version = Version::http11) {
  return {.method = "POST", .target = "/", .version = version, .fields = fields_of(lines)};
}

ResponseHead response(std::uint16_t status, const std::vector<Line>& lines,
                      Version version = Version::http11) {
  return {.status = status, .version = version, .reason = "", .fields = fields_of(lines)};
}

TEST(RequestFraming, is_by_what_is_declared_and_none_otherwise) {
  EXPECT_EQ(*request_framing(request({})), BodyFraming{});
  EXPECT_EQ(*request_framing(request({{"Content-Length", "0"}})),
            (BodyFraming{Kind::none, 0, true, 0}));
  EXPECT_EQ(*request_framing(request({{"content-LENGTH", "0042"}})),
            (BodyFraming{Kind::length, 42, true, 42}));
  EXPECT_EQ(*request_framing(request({{"Content-Length", "9223372036854775807"}})),
            (BodyFraming{Kind::length, 9223372036854775807u, true, 9223372036854775807u}));
  EXPECT_EQ(*request_framing(request({{"Transfer-Encoding", "Chunked"}})),
            (BodyFraming{Kind::chunked, 0, false, 0}));
  EXPECT_EQ(*request_framing(request({{"Content-Length", "7"}}, Version::http10)),
            (BodyFraming{Kind::length, 7, true, 7}));
}

struct Refused {
  std::vector<Line> lines;
  std::uint16_t status_code;
  std::string_view reason;
};

TEST(RequestFraming, F071_F072_F073_refusals_say_why) {
  const std::vector<Refused> cases = {
      {{{"Content-Length", "1"}, {"Transfer-Encoding", "chunked"}},
       400,
       "both Content-Length and Transfer-Encoding"},
      {{{"Content-Length", "1"}, {"Content-Length", "1"}}, 400, "more than one Content-Length"},
      {{{"Content-Length", "1, 1"}},
       400,
       "a Content-Length that is not one decimal number of at most 63 bits"},
      {{{"Transfer-Encoding", "chunked"}, {"Transfer-Encoding", "chunked"}},
       400,
       "chunked more than once in Transfer-Encoding"},
      {{{"Transfer-Encoding", "gzip"}, {"Transfer-Encoding", "chunked"}},
       400,
       "more than one Transfer-Encoding"},
      {{{"Transfer-Encoding", ""}}, 400, "an empty Transfer-Encoding"},
      {{{"Transfer-Encoding", ", ,"}}, 400, "an empty Transfer-Encoding"},
      {{{"Transfer-Encoding", "chunked;a=b"}},
       400,
       "a Transfer-Encoding that is not a list of names"},
      {{{"Transfer-Encoding", "chunked, chunked"}},
       400,
       "chunked more than once in Transfer-Encoding"},
      {{{"Transfer-Encoding", "chunked, gzip"}}, 400, "chunked is not the last transfer coding"},
      {{{"Transfer-Encoding", "gzip, chunked"}}, 501, "a transfer coding other than chunked"},
      {{{"Transfer-Encoding", "xchunked"}}, 400, "chunked is not the last transfer coding"},
      {{{"Transfer-Encoding", "gzip;q=\", chunked\""}},
       400,
       "a Transfer-Encoding that is not a list of names"},
  };
  for (const Refused& c : cases) {
    const auto framing = request_framing(request(c.lines));
    ASSERT_FALSE(framing) << c.reason;
    EXPECT_EQ(framing.error().status_code, c.status_code) << c.reason;
    EXPECT_EQ(framing.error().reason, c.reason);
  }
}

TEST(RequestFraming, F150_a_coding_without_chunked_at_the_end_is_400) {
  for (const std::string_view value : {"gzip", "identity", "chunke", "x, y", "chunked, gzip"}) {
    const auto framing = request_framing(request({{"Transfer-Encoding", value}}));
    ASSERT_FALSE(framing) << value;
    EXPECT_EQ(framing.error().status_code, 400) << value;
  }
}

TEST(RequestFraming, F127_F150_empty_members_and_empty_lines_count_for_nothing) {
  const std::vector<std::vector<Line>> cases = {
      {{"Transfer-Encoding", "chunked,"}},
      {{"Transfer-Encoding", ", ,\tchunked ,"}},
      {{"Transfer-Encoding", ""}, {"Transfer-Encoding", "chunked"}},
      {{"Transfer-Encoding", "Chunked"}, {"Transfer-Encoding", ","}},
  };
  for (const auto& lines : cases) {
    const auto framing = request_framing(request(lines));
    ASSERT_TRUE(framing) << lines[0].value << framing.error().reason;
    EXPECT_EQ(*framing, (BodyFraming{Kind::chunked, 0, false, 0})) << lines[0].value;
  }
}

TEST(RequestFraming, F073_refuses_transfer_encoding_in_http10) {
  const auto framing =
      request_framing(request({{"Transfer-Encoding", "chunked"}}, Version::http10));
  ASSERT_FALSE(framing);
  EXPECT_EQ(framing.error().status_code, 400);
}

// Taking the value of what was refused is a bug, and is told as one.
TEST(RequestFraming, throws_where_a_refusal_is_taken_for_a_framing) {
  const auto framing = request_framing(request({{"Content-Length", "x"}}));
  EXPECT_THROW(framing.value(), std::logic_error);
}

struct Answer {
  std::string_view method;
  std::uint16_t status;
  std::vector<Line> lines;
  BodyFraming expected;
};

TEST(ResponseFraming, F113_follows_method_and_status) {
  const Line length{"Content-Length", "5"};
  const Line zero{"Content-Length", "0"};
  const Line chunked{"Transfer-Encoding", "chunked"};
  const BodyFraming nothing{};
  const BodyFraming faulty{Kind::none, 0, false, 0, true};
  const BodyFraming told{Kind::none, 0, true, 5};
  const std::vector<Answer> cases = {
      {"GET", 200, {length}, {Kind::length, 5, true, 5}},
      {"GET", 200, {zero}, {Kind::none, 0, true, 0}},
      {"GET", 200, {chunked}, {Kind::chunked, 0, false, 0}},
      {"GET", 200, {}, {Kind::until_close, 0, false, 0}},
      {"GET", 404, {}, {Kind::until_close, 0, false, 0}},
      {"GET", 999, {length}, {Kind::length, 5, true, 5}},
      {"GET", 205, {zero}, {Kind::none, 0, true, 0}},
      {"HEAD", 200, {length}, told},
      {"HEAD", 200, {zero}, {Kind::none, 0, true, 0}},
      {"HEAD", 200, {chunked}, faulty},
      {"HEAD", 200, {}, nothing},
      {"head", 200, {}, {Kind::until_close, 0, false, 0}},
      {"GET", 304, {length}, told},
      {"GET", 304, {}, nothing},
      {"GET", 304, {chunked}, faulty},
      {"GET", 204, {}, nothing},
      {"GET", 204, {zero}, nothing},
      {"GET", 204, {length}, faulty},
      {"HEAD", 204, {length}, faulty},
      {"GET", 100, {}, nothing},
      {"GET", 101, {length}, faulty},
      {"GET", 103, {chunked}, faulty},
      {"CONNECT", 200, {length}, nothing},
      {"CONNECT", 403, {length}, {Kind::length, 5, true, 5}},
  };
  for (const Answer& c : cases) {
    const auto framing = response_framing(c.method, response(c.status, c.lines));
    ASSERT_TRUE(framing) << c.method << ' ' << c.status;
    EXPECT_EQ(*framing, c.expected) << c.method << ' ' << c.status;
  }
}

TEST(ContentLength, is_digits_only_and_at_most_63_bits) {
  std::uint64_t value = 1;
  EXPECT_TRUE(parse_content_length("0", value));
  EXPECT_EQ(value, 0u);
  EXPECT_TRUE(parse_content_length("000000000000000000000000000000012", value));
  EXPECT_EQ(value, 12u);
  EXPECT_TRUE(parse_content_length("9223372036854775807", value));
  EXPECT_EQ(value, 9223372036854775807u);
  for (const char* text :
       {"", " 1", "1 ", "+1", "-1", "1,1", "0x1", "1a", "9223372036854775808",
        "9223372036854775810", "18446744073709551616", "100000000000000000000"}) {
    value = 77;
    EXPECT_FALSE(parse_content_length(text, value)) << text;
    EXPECT_EQ(value, 77u) << text;
  }
}

TEST(Persistence, F110_follows_version_and_connection) {
  struct Case {
    Version version;
    std::vector<Line> lines;
    bool persistent;
  };
  const std::vector<Case> cases = {
      {Version::http11, {}, true},
      {Version::http11, {{"Connection", "close"}}, false},
      {Version::http11, {{"connection", "CLOSE"}}, false},
      {Version::http11, {{"Connection", "keep-alive"}}, true},
      {Version::http11, {{"Connection", "x, close"}}, false},
      {Version::http11, {{"Connection", "x"}, {"Connection", "close"}}, false},
      {Version::http11, {{"Connection", "keep-alive, close"}}, false},
      {Version::http11, {{"Connection", "closed"}}, true},
      {Version::http11, {{"Connection", ""}}, true},
      {Version::http11, {{"Proxy-Connection", "close"}}, true},
      {Version::http10, {}, false},
      {Version::http10, {{"Connection", "Keep-Alive"}}, true},
      {Version::http10, {{"Connection", "x"}, {"Connection", "keep-alive"}}, true},
      {Version::http10, {{"Connection", "keep-alive"}, {"Connection", "close"}}, false},
      {Version::http10, {{"Connection", "close"}}, false},
      {Version::http10, {{"Keep-Alive", "timeout=5"}}, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(is_persistent(c.version, fields_of(c.lines)), c.persistent)
        << (c.lines.empty() ? "" : c.lines[0].value);
  }
}

TEST(RequestHost, is_the_one_host_field) {
  EXPECT_EQ(*request_host(request({{"hOST", "a.example:8443"}})), "a.example:8443");
  EXPECT_EQ(*request_host(request({}, Version::http10)), "");
  EXPECT_EQ(*request_host(request({{"Host", "a"}}, Version::http10)), "a");
}

TEST(RequestHost, F079_refusals_say_why) {
  const std::vector<Refused> cases = {
      {{}, 400, "no Host in an HTTP/1.1 request"},
      {{{"Host", "a"}, {"Host", "a"}}, 400, "more than one Host"},
      {{{"Host", "a/b"}}, 400, "a Host that is not a host name with an optional port"},
      {{{"Host", ""}}, 400, "a Host that is not a host name with an optional port"},
  };
  for (const Refused& c : cases) {
    const auto host = request_host(request(c.lines));
    ASSERT_FALSE(host) << c.reason;
    EXPECT_EQ(host.error().status_code, c.status_code);
    EXPECT_EQ(host.error().reason, c.reason);
  }
  EXPECT_FALSE(request_host(request({{"Host", ""}}, Version::http10)));
  EXPECT_FALSE(request_host(request({{"Host", "a"}, {"Host", "b"}}, Version::http10)));
}

}  // namespace
}  // namespace ccnproxy::http
