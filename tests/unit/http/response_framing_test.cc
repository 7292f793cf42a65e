#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ccnproxy/http/framing.h"

namespace ccnproxy::http {
namespace {

using Kind = BodyFraming::Kind;

struct Line {
  std::string_view name;
  std::string_view value;
};
using Lines = std::vector<Line>;

ResponseHead response(std::uint16_t status, const Lines& lines, Version version = Version::http11) {
  ResponseHead head;
  head.status = status;
  head.version = version;
  for (const Line& line : lines)
    head.fields.push_back({line.name, line.value, field_id(line.name)});
  return head;
}

std::string words(const Lines& lines) {
  std::string out;
  for (const Line& line : lines) out.append(line.name).append(": ").append(line.value).append("; ");
  return out;
}

constexpr std::string_view length = "Content-Length";
constexpr std::string_view coding = "Transfer-Encoding";

/// What the fields of a response that has no body say: the one length that a GET would have had,
/// and whether a body might come all the same.
struct Bodiless {
  Lines lines;
  std::optional<std::uint64_t> declared;
  bool faulty;
};

const std::vector<Bodiless>& bodiless() {
  static const std::vector<Bodiless> all = {
      {{}, std::nullopt, false},
      {{{length, "0"}}, 0, false},
      {{{length, "5"}}, 5, false},
      {{{length, "9223372036854775807"}}, 9223372036854775807U, false},
      {{{length, "5"}, {length, "5"}}, 5, false},
      {{{length, "5, 5"}}, 5, false},
      {{{length, "05"}, {"X-A", "b"}, {"content-length", "5,5"}}, 5, false},
      {{{length, "5"}, {length, "6"}}, std::nullopt, true},
      {{{length, "5"}, {length, "6"}, {length, "5"}}, std::nullopt, true},
      {{{length, "5, 6"}}, std::nullopt, true},
      {{{length, "5"}, {length, "x"}}, std::nullopt, true},
      {{{length, "x"}, {length, "5"}}, std::nullopt, true},
      {{{length, ""}}, std::nullopt, true},
      {{{length, "-5"}}, std::nullopt, true},
      {{{length, "+5"}}, std::nullopt, true},
      {{{length, "99999999999999999999999"}}, std::nullopt, true},
      {{{length, "garbage"}}, std::nullopt, true},
      {{{coding, "chunked"}}, std::nullopt, true},
      {{{coding, "gzip, chunked"}}, std::nullopt, true},
      {{{coding, "x"}}, std::nullopt, true},
      {{{coding, ""}}, std::nullopt, true},
      {{{coding, "chunked"}, {coding, "chunked"}}, std::nullopt, true},
      {{{coding, "chunked;\"q"}}, std::nullopt, true},
      {{{length, "5"}, {coding, "chunked"}}, std::nullopt, true},
      {{{coding, "identity"}, {length, "5"}}, std::nullopt, true},
      {{{length, "5"}, {coding, "x"}, {length, "6"}}, std::nullopt, true},
  };
  return all;
}

TEST(ResponseFraming, F125_a_response_without_a_body_ends_at_the_empty_line_whatever_it_says) {
  struct Message {
    std::string_view method;
    std::uint16_t status;
  };
  const std::vector<Message> declaring = {{"HEAD", 200}, {"HEAD", 206}, {"HEAD", 404},
                                          {"HEAD", 500}, {"HEAD", 304}, {"GET", 304},
                                          {"POST", 304}, {"PUT", 304}};
  for (const Message& m : declaring) {
    for (const Version version : {Version::http11, Version::http10}) {
      for (const Bodiless& c : bodiless()) {
        const auto framing = response_framing(m.method, response(m.status, c.lines, version));
        ASSERT_TRUE(framing) << m.method << m.status << words(c.lines);
        const BodyFraming expected{Kind::none, 0, c.declared.has_value(), c.declared.value_or(0),
                                   c.faulty};
        EXPECT_EQ(*framing, expected) << m.method << m.status << ' ' << words(c.lines);
      }
    }
  }
}

TEST(ResponseFraming, F125_a_1xx_or_204_declares_nothing_and_a_length_on_it_is_a_fault) {
  for (const std::string_view method : {"GET", "HEAD", "POST", "DELETE", "OPTIONS"}) {
    for (const std::uint16_t status : {100, 101, 102, 103, 104, 199, 204}) {
      for (const Bodiless& c : bodiless()) {
        const auto framing = response_framing(method, response(status, c.lines));
        ASSERT_TRUE(framing) << method << status << words(c.lines);
        BodyFraming expected;
        expected.faulty = c.faulty || c.declared.value_or(0) != 0;
        EXPECT_EQ(*framing, expected) << method << status << ' ' << words(c.lines);
      }
    }
  }
}

struct Body {
  Lines lines;
  BodyFraming expected;
  Version version = Version::http11;
};

void expect_bodies(const std::vector<Body>& cases) {
  for (const Body& c : cases) {
    for (const std::string_view method : {"GET", "POST", "head"}) {
      for (const std::uint16_t status : {200, 203, 205, 206, 301, 404, 500, 999}) {
        const auto framing = response_framing(method, response(status, c.lines, c.version));
        ASSERT_TRUE(framing) << words(c.lines) << framing.error().reason;
        EXPECT_EQ(*framing, c.expected) << words(c.lines);
      }
    }
  }
}

TEST(ResponseFraming, F143_one_length_however_often_is_one) {
  const BodyFraming five{Kind::length, 5, true, 5};
  expect_bodies({
      {{{length, "5"}, {length, "5"}}, five},
      {{{length, "5"}, {"X-A", "b"}, {"CONTENT-LENGTH", "5"}, {length, "5"}}, five},
      {{{length, "5, 5"}}, five},
      {{{length, "5,5 ,\t5"}}, five},
      {{{length, "05"}, {length, "5"}}, five},
      {{{length, "5,"}}, five},
      {{{length, ", 5"}}, five},
      {{{length, "0"}, {length, "0, 0"}}, {Kind::none, 0, true, 0}},
      {{{length, "5"}, {length, "5"}}, five, Version::http10},
  });
}

TEST(ResponseFraming, F149_chunked_wins_over_a_length_and_ends_the_connection) {
  const BodyFraming chunked{Kind::chunked, 0, false, 0, true};
  expect_bodies({
      {{{coding, "chunked"}, {length, "5"}}, chunked},
      {{{length, "5"}, {coding, "chunked"}}, chunked},
      {{{length, "0"}, {coding, "Chunked"}}, chunked},
      {{{length, "5"}, {length, "6"}, {coding, "chunked"}}, chunked},
      {{{length, "x"}, {coding, "chunked"}}, chunked},
      {{{length, "99999999999999999999"}, {coding, "chunked"}}, chunked},
      {{{length, "5"}, {coding, "chunked"}}, chunked, Version::http10},
  });
}

TEST(ResponseFraming, F149_codings) {
  const BodyFraming plain{Kind::chunked, 0, false, 0, false};
  const BodyFraming once{Kind::chunked, 0, false, 0, true};
  const BodyFraming five{Kind::length, 5, true, 5, true};
  const BodyFraming open{Kind::until_close, 0, false, 0, true};
  expect_bodies({
      {{{coding, "chunked"}}, plain},
      {{{coding, "CHUNKED"}}, plain},
      {{{coding, "chunked,"}}, plain},
      {{{coding, " , chunked"}}, plain},
      {{{coding, "chunked"}, {coding, ""}}, plain},
      {{{coding, ""}, {coding, "chunked"}}, plain},
      {{{coding, "chunked"}}, once, Version::http10},
      {{{coding, "identity, chunked"}}, once},
      {{{coding, "chunked, identity"}}, once},
      {{{coding, "identity"}, {coding, "chunked"}}, once},
      {{{coding, "identity"}, {length, "5"}}, five},
      {{{length, "5"}, {coding, ""}}, five},
      {{{coding, "identity"}}, open},
      {{{coding, ""}}, open},
      {{{coding, ", ,"}}, open},
  });
}

TEST(ResponseFraming, F071_F072_F073_what_nobody_can_frame_is_refused) {
  const std::vector<Lines> cases = {
      {{length, "5"}, {length, "6"}},
      {{length, "5, 6"}},
      {{length, "5"}, {length, "5"}, {length, "50"}},
      {{length, ""}},
      {{length, ","}},
      {{length, "-5"}},
      {{length, "+5"}},
      {{length, "0x5"}},
      {{length, "5 5"}},
      {{length, "5 x"}},
      {{length, "five"}},
      {{length, "5"}, {length, "x"}},
      {{length,
        "\x0b"
        "5"}},
      {{length, "9223372036854775808"}},
      {{coding, "gzip"}},
      {{coding, "gzip, chunked"}},
      {{coding, "chunked, gzip"}},
      {{coding, "gzip"}, {coding, "chunked"}},
      {{coding, "chunked, chunked"}},
      {{coding, "chunked"}, {coding, "chunked"}},
      {{coding, "chunked;q=1"}},
      {{coding, "chunked;q=\",chunked\""}},
      {{coding, "\"chunked\""}},
      {{coding, "chunked chunked"}},
      {{coding,
        "\x0b"
        "chunked"}},
      {{coding, "xchunked"}},
      {{coding, "identity"}, {length, "x"}},
      {{coding, "gzip"}, {length, "5"}},
  };
  for (const Lines& lines : cases) {
    const auto framing = response_framing("GET", response(200, lines));
    ASSERT_FALSE(framing) << words(lines);
    EXPECT_EQ(framing.error().status_code, 502) << words(lines);
    EXPECT_FALSE(framing.error().reason.empty()) << words(lines);
  }
}

}  // namespace
}  // namespace ccnproxy::http
