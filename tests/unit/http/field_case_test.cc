#include "ccnproxy/http/field_case.h"

#include <gtest/gtest.h>

namespace ccnproxy::http {
namespace {

std::string canonical(std::string_view name) {
  std::string out = "before ";
  append_canonical(out, name);
  EXPECT_TRUE(out.starts_with("before "));
  return out.substr(7);
}

TEST(FieldCase, F142_words_begin_with_an_upper_case_letter) {
  EXPECT_EQ(canonical("content-type"), "Content-Type");
  EXPECT_EQ(canonical("set-cookie"), "Set-Cookie");
  EXPECT_EQ(canonical("date"), "Date");
  EXPECT_EQ(canonical("x-amz-request-id"), "X-Amz-Request-Id");
  EXPECT_EQ(canonical("x-request-id"), "X-Request-Id");
  EXPECT_EQ(canonical("strict-transport-security"), "Strict-Transport-Security");
  EXPECT_EQ(canonical("a"), "A");
}

TEST(FieldCase, F142_well_known_names_are_as_their_specifications_have_them) {
  EXPECT_EQ(canonical("etag"), "ETag");
  EXPECT_EQ(canonical("www-authenticate"), "WWW-Authenticate");
  EXPECT_EQ(canonical("te"), "TE");
  EXPECT_EQ(canonical("dnt"), "DNT");
  EXPECT_EQ(canonical("x-ua-compatible"), "X-UA-Compatible");
  EXPECT_EQ(canonical("content-md5"), "Content-MD5");
  EXPECT_EQ(canonical("sourcemap"), "SourceMap");
  EXPECT_EQ(canonical("nel"), "NEL");
  EXPECT_EQ(canonical("sec-websocket-accept"), "Sec-WebSocket-Accept");
  EXPECT_EQ(canonical("x-xss-protection"), "X-XSS-Protection");
  EXPECT_EQ(canonical("x-ratelimit-remaining"), "X-RateLimit-Remaining");
  EXPECT_EQ(canonical("ratelimit"), "RateLimit");
  EXPECT_EQ(canonical("ratelimit-policy"), "RateLimit-Policy");
  EXPECT_EQ(canonical("x-dns-prefetch-control"), "X-DNS-Prefetch-Control");
  EXPECT_EQ(canonical("dpop-nonce"), "DPoP-Nonce");
  EXPECT_EQ(canonical("accept-ch"), "Accept-CH");
  EXPECT_EQ(canonical("expect-ct"), "Expect-CT");
  EXPECT_EQ(canonical("mime-version"), "MIME-Version");
  EXPECT_EQ(canonical("p3p"), "P3P");
  EXPECT_EQ(canonical("cdn-cache-control"), "CDN-Cache-Control");
}

TEST(FieldCase, F142_words_that_only_begin_or_end_like_those_are_no_such) {
  EXPECT_EQ(canonical("etags"), "Etags");
  EXPECT_EQ(canonical("tests"), "Tests");
  EXPECT_EQ(canonical("x-team"), "X-Team");
  EXPECT_EQ(canonical("x-wwww"), "X-Wwww");
  EXPECT_EQ(canonical("set"), "Set");
}

TEST(FieldCase, F142_all_tokens_keep_their_length_and_their_letters) {
  for (const std::string_view name :
       {"-", "--", "-a", "a-", "a--b", "1st-x", "!#$%&'*+.^_`|~", "_x-_y", "{", "te-", "-te-te"}) {
    const auto spelled = canonical(name);
    ASSERT_EQ(spelled.size(), name.size()) << name;
    for (std::size_t i = 0; i < name.size(); ++i) {
      const bool letter = spelled[i] >= 'A' && spelled[i] <= 'Z';
      EXPECT_EQ(letter ? static_cast<char>(spelled[i] | 0x20) : spelled[i], name[i]) << name;
    }
  }
  EXPECT_EQ(canonical("a--b"), "A--B");
  EXPECT_EQ(canonical("-te-te"), "-TE-TE");
  EXPECT_EQ(canonical(""), "");
}

}  // namespace
}  // namespace ccnproxy::http
