#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/config/loader.h"
#include "ccnproxy/config/logged_header.h"

namespace ccnproxy::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Loaded load_access(const std::string& keys) {
  return load_text("log: {access: {" + keys + "}}", "f");
}

std::vector<std::string> warnings_of(const std::string& keys) {
  std::vector<std::string> texts;
  for (const auto& warning : load_access(keys).warnings) texts.push_back(warning.to_string());
  return texts;
}

std::string first_mistake(const std::string& keys) {
  const auto loaded = load_access(keys);
  return loaded.ok() ? "(none)" : loaded.mistakes.front().to_string();
}

TEST(LogConfig, header_fields_are_chosen_in_any_case) {
  const auto log =
      load_access("request_headers: [User-Agent, x-b], response_headers: [ETag]").config.log.access;
  EXPECT_THAT(log.request_headers, ElementsAre(LoggedHeader{"user-agent", LoggedValue::whole},
                                               LoggedHeader{"x-b", LoggedValue::whole}));
  EXPECT_THAT(log.response_headers, ElementsAre(LoggedHeader{"etag", LoggedValue::whole}));
}

TEST(LogConfig, none_are_chosen_by_default) {
  const config::AccessLog log;
  EXPECT_THAT(log.request_headers, IsEmpty());
  EXPECT_THAT(log.response_headers, IsEmpty());
  EXPECT_THAT(load_access("request_headers: []").config.log.access.request_headers, IsEmpty());
  EXPECT_THAT(load_access("request_headers: ").config.log.access.request_headers, IsEmpty());
}

TEST(LogConfig, what_is_no_name_of_a_field_is_told) {
  for (const char* name : {"\"\"", "\"a b\"", "\"a:\"", "\"ä\"", "\"a\\tb\"", "\"(a)\"", "[a]"}) {
    EXPECT_THAT(first_mistake("request_headers: [" + std::string(name) + "]"),
                HasSubstr("must be the name of a header field, as in User-Agent"))
        << name;
  }
  EXPECT_THAT(first_mistake("request_headers: [" + std::string(65, 'a') + "]"),
              HasSubstr("must be the name of a header field"));
  EXPECT_THAT(first_mistake("request_headers: User-Agent"),
              HasSubstr("must be a list of names of header fields"));
}

TEST(LogConfig, a_name_stands_once_and_names_are_bounded) {
  EXPECT_EQ(first_mistake("response_headers: [A, b, a]"),
            "f:1:41: `log.access.response_headers[2]` stands here twice: case does not count");
  std::string names;
  for (int i = 0; i < 33; ++i) names += (i == 0 ? "x" : ", x") + std::to_string(i);
  EXPECT_THAT(first_mistake("request_headers: [" + names + "]"),
              HasSubstr("`log.access.request_headers` must hold at most 32 names"));
}

TEST(LogConfig, F108_check_says_which_fields_are_masked) {
  EXPECT_THAT(
      warnings_of("request_headers: [Accept, Authorization], response_headers: [Set-Cookie]"),
      ElementsAre("f:1:42: `log.access.request_headers[1]` is a field with credentials: the "
                  "access log has *** in the place of its value",
                  "f:1:77: `log.access.response_headers[0]` is a field with credentials: "
                  "the access log has *** in the place of its value"));
  EXPECT_THAT(warnings_of("request_headers: [Accept, Referer], response_headers: [ETag]"),
              IsEmpty());
}

TEST(LoggedHeader, F108_credentials_are_masked_whatever_their_fields_are_called) {
  for (const char* name : {"Authorization",
                           "PROXY-AUTHORIZATION",
                           "Cookie",
                           "Set-Cookie",
                           "X-Api-Key",
                           "ApiKey",
                           "X-Amz-Security-Token",
                           "X-Auth-Token",
                           "X-Goog-Api-Key",
                           "Ocp-Apim-Subscription-Key",
                           "X-Vault-Token",
                           "Private-Token",
                           "X-Functions-Key",
                           "X-CSRF-Token",
                           "X-Client-Secret",
                           "X-Amz-Server-Side-Encryption-Customer-Key",
                           "DPoP",
                           "X-Access-Key",
                           "X-Password",
                           "Authentication-Info",
                           "X-Goog-Iap-Jwt-Assertion",
                           "X-Forwarded-Client-Cert"})
    EXPECT_EQ(logged_header(name).value, LoggedValue::masked) << name;
}

TEST(LoggedHeader, others_are_shown_and_addresses_without_their_query) {
  for (const char* name : {"User-Agent", "Accept", "ETag", "X-Cache", "X-Cache-Key", "Host",
                           "Idempotency-Key", "X-Request-Id", "Retry-After", "Server",
                           "X-RateLimit-Remaining", "WWW-Authenticate", "Author", "Via"})
    EXPECT_EQ(logged_header(name).value, LoggedValue::whole) << name;
  for (const char* name : {"Referer", "Location", "CONTENT-LOCATION"})
    EXPECT_EQ(logged_header(name).value, LoggedValue::without_query) << name;
}

}  // namespace
}  // namespace ccnproxy::config
