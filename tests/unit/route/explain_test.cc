#include "ccnproxy/route/explain.h"

#include <gtest/gtest.h>

#include "ccnproxy/route/label_options.h"

namespace ccnproxy::route {
namespace {

config::Config with_overrides() {
  config::Config config;
  config.upgrade = {"*.amazonaws.com"};
  config.overrides.resize(2);
  config.overrides[0].match = "*.internal.example";
  config.overrides[0].connect_host = "10.0.0.5";
  config.overrides[0].connect_port = 8443;
  config.overrides[0].tls.alpn = {"http/1.1"};
  config.overrides[0].tls.verify = false;
  config.overrides[1].match = "six.example";
  config.overrides[1].connect_host = "fd00::1";
  return config;
}

std::string explained(std::string_view url, bool json = false) {
  const auto config = with_overrides();
  return explain(LabelTable(label_options(config)), config, url, json);
}

TEST(Explain, tells_origin_target_and_protocols) {
  EXPECT_EQ(explained("http://api.example.com.ccnproxy-https/v1"),
            "http://api.example.com.ccnproxy-https/v1 -> https://api.example.com/v1 (h2, http/1.1; "
            "allowed by \"*\")");
  EXPECT_EQ(
      explained("http://api.example.com.ccnproxy"),
      "http://api.example.com.ccnproxy -> http://api.example.com/ (http/1.1; allowed by \"*\")");
  EXPECT_EQ(
      explained("http://s3.amazonaws.com?x"),
      "http://s3.amazonaws.com?x -> https://s3.amazonaws.com/?x (h2, http/1.1; allowed by \"*\")");
}

TEST(Explain, takes_a_url_without_a_scheme_as_http) {
  EXPECT_EQ(
      explained("h.ccnproxy-https/x?u=http://y"),
      "h.ccnproxy-https/x?u=http://y -> https://h/x?u=http://y (h2, http/1.1; allowed by \"*\")");
}

TEST(Explain, the_port_of_a_listener_is_ours) {
  EXPECT_EQ(explained("http://h.ccnproxy-https:3000/"),
            "http://h.ccnproxy-https:3000/ -> https://h/ (h2, http/1.1; allowed by \"*\")");
  EXPECT_EQ(explained("http://h.ccnproxy-https:3001/"),
            "http://h.ccnproxy-https:3001/ -> https://h:3001/ (h2, http/1.1; allowed by \"*\")");
}

TEST(Explain, names_the_override) {
  EXPECT_EQ(explained("a.internal.example.ccnproxy-https"),
            "a.internal.example.ccnproxy-https -> https://a.internal.example/ (http/1.1; override "
            "\"*.internal.example\" connect_to 10.0.0.5:8443; certificate not verified; allowed by "
            "\"*\")");
  EXPECT_EQ(
      explained("six.example.ccnproxy-https"),
      "six.example.ccnproxy-https -> https://six.example/ (h2, http/1.1; override \"six.example\" "
      "connect_to [fd00::1]:443; allowed by \"*\")");
}

TEST(Explain, tells_why_not) {
  EXPECT_EQ(explained("http://u@h.ccnproxy-https/"),
            "http://u@h.ccnproxy-https/ -> 400: user information in a URI is not accepted (RFC "
            "9110 4.2.4)");
  EXPECT_EQ(explained("http://h.ccnproxy-https/#x"),
            "http://h.ccnproxy-https/#x -> 400: a target holds no fragment (RFC 9112 3.2)");
  EXPECT_EQ(explained("h\n.ccnproxy"),
            "\"h\\u000a.ccnproxy\" -> 400: a URL holds printable ASCII without spaces only");
  EXPECT_EQ(explained(""), " -> 400: the host that was asked for is empty");
}

TEST(Explain, F087_tells_which_rule_allows_or_denies) {
  config::Config config;
  config.origins.allow = {"*.example.com", "127.0.0.1"};
  config.origins.deny = {"*.bad.example.com"};
  const auto line = [&](std::string_view url, bool json = false) {
    return explain(LabelTable(label_options(config)), config, url, json);
  };
  EXPECT_EQ(line("a.example.com.ccnproxy"),
            "a.example.com.ccnproxy -> http://a.example.com/ (http/1.1; allowed by "
            "\"*.example.com\")");
  EXPECT_EQ(line("a.bad.example.com.ccnproxy"),
            "a.bad.example.com.ccnproxy -> 403: http://a.bad.example.com may not be asked for: it "
            "is denied by *.bad.example.com in origins.deny of this proxy's configuration; take "
            "that out to allow it");
  EXPECT_EQ(line("b.org.ccnproxy", true),
            R"({"url":"b.org.ccnproxy","status":403,"reason":"http://b.org may not be asked for: )"
            "nothing in origins.allow of this proxy's configuration matches it; add b.org there "
            "to allow it\"}");
  EXPECT_EQ(line("127.0.0.1.ccnproxy"),
            "127.0.0.1.ccnproxy -> 403: http://127.0.0.1 may not be connected to: it is denied by "
            "127.0.0.0/8 in origins.deny_addresses of this proxy's configuration; only connect_to "
            "in an override leads there");
}

TEST(Explain, json) {
  EXPECT_EQ(explained("a.internal.example.ccnproxy-https/\"", true),
            "{\"url\":\"a.internal.example.ccnproxy-https/\\\"\",\"to\":\"https://"
            "a.internal.example/\\\"\","
            "\"protocols\":[\"http/"
            "1.1\"],\"override\":\"*.internal.example\",\"connect_to\":\"10.0.0.5:8443\","
            "\"verify\":false,\"allowed_by\":\"*\"}");
  EXPECT_EQ(
      explained("h.ccnproxy-https", true),
      "{\"url\":\"h.ccnproxy-https\",\"to\":\"https://h/\",\"protocols\":[\"h2\",\"http/1.1\"],"
      "\"verify\":true,\"allowed_by\":\"*\"}");
  EXPECT_EQ(explained("h.ccnproxy-https:0", true),
            "{\"url\":\"h.ccnproxy-https:0\",\"status\":400,\"reason\":\"the port that was asked "
            "for is not one from "
            "1 to 65535\"}");
}

}  // namespace
}  // namespace ccnproxy::route
