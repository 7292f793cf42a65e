#include "ccnproxy/proxy/logged_headers.h"

#include <gtest/gtest.h>

#include "ccnproxy/config/logged_header.h"
#include "ccnproxy/observe/packed_fields.h"

namespace ccnproxy::proxy {
namespace {

/// `a=1;b=2`, as they come back from the log's buffer.
std::string text_of(std::string_view packed) {
  std::string text;
  for (observe::LoggedField field; observe::next_field(packed, field);)
    text.append(text.empty() ? "" : ";").append(field.name).append("=").append(field.value);
  return text;
}

config::AccessLog choosing(std::initializer_list<std::string_view> names) {
  config::AccessLog settings;
  for (const auto name : names) {
    settings.request_headers.push_back(config::logged_header(name));
    settings.response_headers.push_back(config::logged_header(name));
  }
  return settings;
}

std::string taken(const http::Fields& fields, const config::AccessLog& settings) {
  LoggedHeaders headers;
  headers.take_request(fields, settings);
  headers.take_response(fields, settings);
  EXPECT_EQ(headers.request(), headers.response());
  return text_of(headers.request());
}

TEST(LoggedHeaders, take_what_is_chosen_in_the_order_of_the_configuration) {
  const http::Fields fields = {{"Accept", "*/*"}, {"User-Agent", "curl/8"}, {"X-Other", "x"}};
  EXPECT_EQ(taken(fields, choosing({"User-Agent", "accept", "Missing"})),
            "user-agent=curl/8;accept=*/*");
  EXPECT_EQ(taken(fields, choosing({"Missing"})), "");
}

TEST(LoggedHeaders, copy_nothing_where_none_are_chosen) {
  EXPECT_EQ(taken({{"Accept", "*/*"}}, config::AccessLog()), "");
}

TEST(LoggedHeaders, several_fields_of_a_name_are_one_list) {
  const http::Fields fields = {{"Via", "1.1 a"}, {"X", "1"}, {"VIA", "1.1 b"}, {"via", ""}};
  EXPECT_EQ(taken(fields, choosing({"Via", "X"})), "via=1.1 a, 1.1 b, ;x=1");
}

TEST(LoggedHeaders, F108_credentials_never_leave_the_head) {
  const http::Fields fields = {
      {"Authorization", "Bearer canary"}, {"Cookie", "a=canary"}, {"Cookie", "b=canary"}};
  EXPECT_EQ(taken(fields, choosing({"Authorization", "Cookie", "X-Api-Key"})),
            "authorization=***;cookie=***");
}

TEST(LoggedHeaders, F108_addresses_have_no_query_unless_asked_for) {
  const http::Fields fields = {{"Referer", "https://user:canary@a.test/b?token=canary#canary"},
                               {"Location", "/login?token=canary"}};
  auto settings = choosing({"Referer", "Location"});
  EXPECT_EQ(taken(fields, settings), "referer=https://a.test/b;location=/login");
  settings.query = true;
  EXPECT_EQ(
      taken(fields, settings),
      "referer=https://user:canary@a.test/b?token=canary#canary;location=/login?token=canary");
}

TEST(LoggedHeaders, a_flood_of_fields_is_bounded) {
  const std::string large(5000, 'x');
  const http::Fields fields(500, {"A", large});
  EXPECT_EQ(taken(fields, choosing({"A"})).size(), 2 + observe::max_logged_value);
}

TEST(LoggedHeaders, are_those_of_the_last_message) {
  LoggedHeaders headers;
  const auto settings = choosing({"A"});
  headers.take_request({{"A", "1"}}, settings);
  headers.take_response({{"A", "2"}}, settings);
  headers.drop_response();
  EXPECT_EQ(text_of(headers.request()), "a=1");
  EXPECT_EQ(text_of(headers.response()), "");
  headers.take_request({{"B", "1"}}, settings);
  EXPECT_EQ(text_of(headers.request()), "");
  headers.take_request({{"A", "3"}}, settings);
  headers.clear();
  EXPECT_EQ(text_of(headers.request()), "");
}

}  // namespace
}  // namespace ccnproxy::proxy
