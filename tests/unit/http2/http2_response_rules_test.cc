// What of an HTTP/2 response is taken, and what is not.

#include "ccnproxy/http2/http2_response_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http2/peer_text.h"

namespace ccnproxy::http2 {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using Fields = std::vector<std::pair<std::string, std::string>>;

std::string_view give(Http2ResponseRules& rules, const std::string& name,
                      const std::string& value) {
  return rules.on_field(name, value, http::field_id(name));
}

/// What is said of a header section, its status first.
std::string section(Http2ResponseRules& rules, std::uint16_t status, const Fields& fields,
                    bool end_stream = false) {
  auto said = give(rules, ":status", std::to_string(status));
  for (const auto& [name, value] : fields) {
    if (said.empty()) said = give(rules, name, value);
  }
  return std::string(said.empty() ? rules.on_section_end(status, end_stream) : said);
}

TEST(Http2ResponseRules, F132_white_space_and_controls_in_a_value_are_its_readers_business) {
  for (const std::string value :
       {" a", "a ", "\ta\t", " ", "", "a b", "a\x01", "\x7f", "\xff\x80"}) {
    Http2ResponseRules rules("GET");
    EXPECT_THAT(section(rules, 200, {{"x-a", value}}), IsEmpty()) << printable(value);
  }
}

TEST(Http2ResponseRules, F081_what_would_end_a_line_is_refused_at_any_place_of_a_value) {
  for (const auto& end : {std::string("\r"), std::string("\n"), std::string(1, '\0')}) {
    for (const auto& value : {end, "a" + end, end + "a", "a" + end + "b"}) {
      Http2ResponseRules head("GET");
      EXPECT_THAT(section(head, 200, {{"x-a", value}}), HasSubstr("CR, LF or NUL"));
      Http2ResponseRules trailers("GET");
      section(trailers, 200, {});
      EXPECT_THAT(give(trailers, "x-a", value), HasSubstr("CR, LF or NUL"));
    }
  }
}

TEST(Http2ResponseRules, F081_names_are_lower_case_tokens_or_refused) {
  for (const std::string name : {"X-A", "x-A", "x a", " x", "x ", "x:", "", "x\xc3\xa4", "x\r"}) {
    Http2ResponseRules rules("GET");
    EXPECT_THAT(section(rules, 200, {{name, "v"}}), Not(IsEmpty())) << printable(name);
  }
}

TEST(Http2ResponseRules, F081_fields_of_http1_connections_are_refused) {
  for (const std::string name :
       {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"}) {
    Http2ResponseRules rules("GET");
    EXPECT_THAT(section(rules, 200, {{name, "x"}}), HasSubstr("8.2.2")) << name;
  }
}

TEST(Http2ResponseRules, F081_there_is_one_status_of_three_digits_before_all_else) {
  for (const std::string status : {"", "20", "2000", "099", "101", " 200", "200 ", "2x0", "+20"}) {
    Http2ResponseRules rules("GET");
    EXPECT_THAT(give(rules, ":status", status), Not(IsEmpty())) << status;
  }
  Http2ResponseRules twice("GET");
  give(twice, ":status", "200");
  EXPECT_THAT(give(twice, ":status", "200"), Not(IsEmpty()));
  Http2ResponseRules late("GET");
  give(late, "x-a", "");
  EXPECT_THAT(give(late, ":status", "200"), Not(IsEmpty()));
  Http2ResponseRules none("GET");
  give(none, "x-a", "");
  EXPECT_THAT(none.on_section_end(0, true), Not(IsEmpty()));
  Http2ResponseRules of_a_request("GET");
  EXPECT_THAT(give(of_a_request, ":path", "/"), Not(IsEmpty()));
  Http2ResponseRules trailers("GET");
  section(trailers, 200, {});
  EXPECT_THAT(give(trailers, ":status", "200"), Not(IsEmpty()));
}

TEST(Http2ResponseRules, F069_interim_responses_come_before_the_final_one_and_end_nothing) {
  Http2ResponseRules rules("GET");
  EXPECT_THAT(section(rules, 103, {{"link", "</a>"}, {"content-length", "nonsense"}}), IsEmpty());
  EXPECT_THAT(rules.on_data(1), Not(IsEmpty())) << "DATA before the final head";
  Http2ResponseRules ended("GET");
  EXPECT_THAT(section(ended, 103, {}, true), Not(IsEmpty()));
  Http2ResponseRules both("GET");
  section(both, 100, {});
  EXPECT_THAT(section(both, 200, {{"content-length", "3"}}), IsEmpty());
  EXPECT_THAT(both.on_data(3), IsEmpty());
  EXPECT_THAT(both.on_end(), IsEmpty());
}

TEST(Http2ResponseRules, F081_a_body_is_as_long_as_was_declared) {
  Http2ResponseRules longer("GET");
  section(longer, 200, {{"content-length", "3"}});
  EXPECT_THAT(longer.on_data(2), IsEmpty());
  EXPECT_THAT(longer.on_data(2), HasSubstr("longer"));
  Http2ResponseRules shorter("GET");
  section(shorter, 200, {{"content-length", "3"}});
  shorter.on_data(2);
  EXPECT_THAT(shorter.on_end(), HasSubstr("shorter"));
  EXPECT_THAT(shorter.on_section_end(0, true), HasSubstr("shorter")) << "with trailers, too";
  Http2ResponseRules empty("GET");
  EXPECT_THAT(section(empty, 200, {{"content-length", "3"}}, true), HasSubstr("shorter"));
  Http2ResponseRules second("GET");
  section(second, 200, {});
  EXPECT_THAT(second.on_section_end(200, false), HasSubstr("second header section"));
}

TEST(Http2ResponseRules, F143_equal_lengths_are_one_and_different_ones_are_none) {
  for (const Fields& fields : {Fields{{"content-length", " 5"}}, Fields{{"content-length", "5\t"}},
                               Fields{{"content-length", "5"}, {"content-length", " 5 "}},
                               Fields{{"content-length", "5, 5"}},
                               Fields{{"content-length", "5"}, {"content-length", "5"}}}) {
    Http2ResponseRules rules("GET");
    EXPECT_THAT(section(rules, 200, fields), IsEmpty());
    EXPECT_EQ(rules.framing(false).declared_length, 5u);
  }
  for (const Fields& fields :
       {Fields{{"content-length", "5"}, {"content-length", "6"}}, Fields{{"content-length", "5,6"}},
        Fields{{"content-length", "6"}, {"content-length", " 5"}}, Fields{{"content-length", ""}},
        Fields{{"content-length", "-5"}}, Fields{{"content-length", "5 5"}},
        Fields{{"content-length", "0x5"}}, Fields{{"content-length", "99999999999999999999"}}}) {
    Http2ResponseRules rules("GET");
    EXPECT_THAT(section(rules, 200, fields), HasSubstr("content-length"));
  }
}

struct Bodiless {
  const char* method;
  std::uint16_t status;
};

TEST(Http2ResponseRules, F140_a_response_without_a_body_is_over_with_its_head) {
  for (const auto& [method, status] :
       {Bodiless{"HEAD", 200}, Bodiless{"HEAD", 404}, Bodiless{"GET", 204}, Bodiless{"POST", 204},
        Bodiless{"GET", 304}, Bodiless{"HEAD", 304}}) {
    for (const std::string length : {"0", "5", "nonsense"}) {
      Http2ResponseRules rules(method);
      EXPECT_THAT(section(rules, status, {{"content-length", length}}), IsEmpty());
      EXPECT_TRUE(rules.has_no_body());
      EXPECT_EQ(rules.framing(false).kind, http::BodyFraming::Kind::none);
      EXPECT_EQ(rules.framing(false).declared, length != "nonsense");
      EXPECT_THAT(rules.on_data(7), IsEmpty());
      EXPECT_THAT(rules.on_end(), IsEmpty());
    }
  }
  for (const auto& [method, status] : {Bodiless{"GET", 200}, Bodiless{"GET", 205},
                                       Bodiless{"POST", 304 + 1}, Bodiless{"head", 200}}) {
    Http2ResponseRules rules(method);
    section(rules, status, {});
    EXPECT_FALSE(rules.has_no_body()) << method << status;
  }
}

TEST(PeerText, F134_what_a_peer_sent_is_printable_and_bounded) {
  EXPECT_EQ(printable("too_many_pings"), "too_many_pings");
  EXPECT_EQ(printable(std::string("a\r\n\x1b[31m\"\\\xff\0", 11)),
            "a\\x0d\\x0a\\x1b[31m\\x22\\x5c\\xff");
  EXPECT_EQ(printable(std::string(256, 'a')), std::string(256, 'a'));
  EXPECT_EQ(printable(std::string(257, 'a')), std::string(253, 'a') + "...");
  for (std::size_t n = 0; n < 100; ++n) {
    const auto text = printable(std::string(n, '\n'), 64);
    EXPECT_LE(text.size(), 64u);
    EXPECT_EQ(text.ends_with("..."), n > 16) << n;
  }
}

TEST(PeerText, F134_error_codes_have_the_names_of_rfc_9113) {
  EXPECT_EQ(http2_error_name(0), "NO_ERROR");
  EXPECT_EQ(http2_error_name(0xb), "ENHANCE_YOUR_CALM");
  EXPECT_EQ(http2_error_name(0xd), "HTTP_1_1_REQUIRED");
  EXPECT_EQ(http2_error_name(0xe), "code 0xe");
  EXPECT_EQ(http2_error_name(0xffffffff), "code 0xffffffff");
}

}  // namespace
}  // namespace ccnproxy::http2
