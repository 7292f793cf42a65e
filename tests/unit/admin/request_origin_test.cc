#include "ccnproxy/admin/request_origin.h"

#include <gtest/gtest.h>

namespace ccnproxy::admin {
namespace {

TEST(RequestOrigin, F145_an_address_and_localhost_are_no_names_of_a_web_page) {
  for (const auto* host : {"127.0.0.1", "127.0.0.1:3001", "10.0.0.5:3001", "[::1]", "[::1]:3001",
                           "[2001:db8::1]:80", "[::ffff:127.0.0.1]:3001", "localhost",
                           "localhost:3001", "LocalHost", "localhost.", "203.0.113.9"}) {
    EXPECT_TRUE(is_host_allowed(host, {})) << host;
  }
}

TEST(RequestOrigin, F145_other_names_are_refused) {
  for (const auto* host : {"evil.example",
                           "evil.example:3001",
                           "x.localhost",
                           "localhost.evil.example",
                           "127.0.0.1.nip.io",
                           "127.0.0.1.evil.example",
                           "node",
                           "evillocalhost",
                           "localhost@evil",
                           "evil.example@127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f.1",
                           "[::1",
                           "::1",
                           "localhost:x",
                           "[::1%25lo]",
                           "127.0.0.1 evil.example",
                           "a,b",
                           "",
                           ":3001",
                           "."}) {
    EXPECT_FALSE(is_host_allowed(host, {})) << host;
  }
}

TEST(RequestOrigin, F145_the_names_that_are_listed_are_allowed_on_any_port) {
  const std::vector<std::string> hosts = {"ccnproxy.monitoring.svc", "*.nodes.example"};
  for (const auto* host : {"ccnproxy.monitoring.svc:3001", "CCNPROXY.monitoring.svc.",
                           "a.nodes.example", "a.b.nodes.example:80"}) {
    EXPECT_TRUE(is_host_allowed(host, hosts)) << host;
  }
  for (const auto* host : {"nodes.example", "xccnproxy.monitoring.svc", "evil.example"})
    EXPECT_FALSE(is_host_allowed(host, hosts)) << host;
}

TEST(RequestOrigin, F145_a_browser_says_where_a_request_comes_from) {
  for (const auto* site : {"cross-site", "same-site", "same-origin", "unheard-of"})
    EXPECT_TRUE(is_from_web_page("", site)) << site;
  EXPECT_TRUE(is_from_web_page("null", ""));
  EXPECT_TRUE(is_from_web_page("http://127.0.0.1:3001", "none"));
  EXPECT_FALSE(is_from_web_page("", ""));
  EXPECT_FALSE(is_from_web_page("", "none"));
}

TEST(RequestOrigin, F145_the_authority_of_an_absolute_target_is_what_counts) {
  const std::vector<std::vector<std::string>> table = {
      {"http://evil.example/healthz", "evil.example", "/healthz"},
      {"https://a:1/x?y", "a:1", "/x?y"},
      {"http://a", "a", "/"},
      {"http://a?x", "a", "/?x"},
      {"/healthz", "", "/healthz"},
      {"/http://a/", "", "/http://a/"},
      {"*", "", "*"},
  };
  for (const auto& row : table) {
    auto target = row[0];
    EXPECT_EQ(take_authority(target), row[1]) << row[0];
    EXPECT_EQ(target, row[2]) << row[0];
  }
}

}  // namespace
}  // namespace ccnproxy::admin
