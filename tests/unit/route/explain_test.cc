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
  return explain(LabelTable(label_options(config)), config, url, json).text;
}

bool refused(std::string_view url) {
  const auto config = with_overrides();
  return explain(LabelTable(label_options(config)), config, url, false).refused;
}

TEST(Explain, tells_origin_target_and_protocols) {
  EXPECT_EQ(explained("http://api.example.com.ccnproxy-https/v1"),
            "http://api.example.com.ccnproxy-https/v1 -> https://api.example.com/v1 (h2, http/1.1; "
            "allowed by \"*\")");
  EXPECT_EQ(
      explained("http://api.example.com.ccnproxy"),
      "http://api.example.com.ccnproxy -> http://api.example.com/ (http/1.1; allowed by \"*\")");
  EXPECT_EQ(explained("http://s3.amazonaws.com?x"),
            "http://s3.amazonaws.com?x by Host -> 400: Host s3.amazonaws.com carries no label; to "
            "reach https://api.example.com send Host: api.example.com.ccnproxy-https\n"
            "http://s3.amazonaws.com?x as the client's proxy -> https://s3.amazonaws.com/?x (h2, "
            "http/1.1; allowed by \"*\")");
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

TEST(Explain, F156_tells_what_is_exempt_from_denied_addresses) {
  config::Config config;
  config.overrides.resize(3);
  config.overrides[0].match = "a.test";
  config.overrides[0].connect_host = "127.0.0.1";
  config.overrides[1].match = "b.test";
  config.overrides[1].connect_host = "gateway.test";
  config.overrides[2] = config.overrides[1];
  config.overrides[2].match = "c.test";
  config.overrides[2].allow_addresses = {"127.0.0.1", "::1"};
  const auto told = [&](std::string_view url) {
    return explain(LabelTable(label_options(config)), config, url, false).text;
  };
  EXPECT_EQ(told("a.test.ccnproxy"),
            "a.test.ccnproxy -> http://a.test/ (http/1.1; override \"a.test\" connect_to "
            "127.0.0.1:80 (exempt from origins.deny_addresses); allowed by \"*\")");
  EXPECT_TRUE(told("a.test.ccnproxy:22")
                  .starts_with("a.test.ccnproxy:22 -> 403: http://a.test:22 may not be connected "
                               "to at 127.0.0.1:22: "));
  EXPECT_EQ(told("b.test.ccnproxy"),
            "b.test.ccnproxy -> http://b.test/ (http/1.1; override \"b.test\" connect_to "
            "gateway.test:80 (a name: origins.deny_addresses holds for its addresses); allowed by "
            "\"*\")");
  EXPECT_EQ(told("c.test.ccnproxy"),
            "c.test.ccnproxy -> http://c.test/ (http/1.1; override \"c.test\" connect_to "
            "gateway.test:80 (a name: origins.deny_addresses holds for its addresses but "
            "127.0.0.1, ::1); allowed by \"*\")");
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
  EXPECT_NE(explained("http://u@h.ccnproxy-https/").find("-> 400: "), std::string::npos);
  EXPECT_NE(explained("http://h.ccnproxy-https/#x").find("http://h.ccnproxy-https/#x -> 400: "),
            std::string::npos)
      << explained("http://h.ccnproxy-https/#x");
  EXPECT_EQ(explained("h\n.ccnproxy"),
            "\"h\\u000a.ccnproxy\" -> 400: a URL holds printable ASCII without spaces only");
  EXPECT_NE(explained("").find("-> 400: "), std::string::npos) << explained("");
}

TEST(Explain, F087_tells_which_rule_allows_or_denies) {
  config::Config config;
  config.origins.allow = {"*.example.com", "127.0.0.1"};
  config.origins.deny = {"*.bad.example.com"};
  const auto line = [&](std::string_view url, bool json = false) {
    return explain(LabelTable(label_options(config)), config, url, json).text;
  };
  EXPECT_EQ(line("a.example.com.ccnproxy"),
            "a.example.com.ccnproxy -> http://a.example.com/ (http/1.1; allowed by "
            "\"*.example.com\")");
  EXPECT_EQ(line("a.bad.example.com.ccnproxy"),
            "a.bad.example.com.ccnproxy -> 403: http://a.bad.example.com may not be asked for: it "
            "is denied by *.bad.example.com in origins.deny of this proxy's configuration; take "
            "that out to allow it");
  const std::string reason =
      R"("status":403,"reason":"http://b.org may not be asked for: nothing in origins.allow of )"
      "this proxy's configuration matches it; add b.org there to allow it\"";
  EXPECT_EQ(line("b.org.ccnproxy", true),
            "{\"url\":\"b.org.ccnproxy\"," + reason + ",\"by_host\":{" + reason + "}}");
  EXPECT_EQ(line("127.0.0.1.ccnproxy"),
            "127.0.0.1.ccnproxy -> 403: http://127.0.0.1 may not be connected to: it is denied by "
            "127.0.0.0/8 in origins.deny_addresses of this proxy's configuration; only connect_to "
            "in an override leads there");
}

TEST(Explain, json) {
  const std::string plain =
      "\"to\":\"https://h/\",\"protocols\":[\"h2\",\"http/1.1\"],\"verify\":true,"
      "\"allowed_by\":\"*\"";
  EXPECT_EQ(explained("h.ccnproxy-https", true),
            "{\"url\":\"h.ccnproxy-https\"," + plain + ",\"by_host\":{" + plain + "}}");
  const std::string bad =
      "\"status\":400,\"reason\":\"the port that was asked for is not one from 1 to 65535\"";
  EXPECT_EQ(explained("h.ccnproxy-https:0", true),
            "{\"url\":\"h.ccnproxy-https:0\"," + bad + ",\"by_host\":{" + bad + "}}");
  EXPECT_NE(explained("a.ccnproxy-htps", true).find("\"suggestion\":\"ccnproxy-https\""),
            std::string::npos);
}

TEST(Explain, a_misspelt_label_is_a_refusal_and_has_the_right_one_named) {
  for (const auto& [label, meant] : {std::pair{"ccnproxy-htps", "ccnproxy-https"},
                                     {"ccnproxyhttps", "ccnproxy-https"},
                                     {"CCNPROXY_HTTPS", "ccnproxy-https"},
                                     {"ccnproxy-sl", "ccnproxy-ssl"},
                                     {"ccnprxy", "ccnproxy"},
                                     {"ccnproxy-htps.internal", "ccnproxy-https"}}) {
    const auto url = std::string("http://api.example.com.") + label + "/x";
    EXPECT_NE(explained(url).find(std::string("did you mean ") + meant + "?"), std::string::npos)
        << explained(url);
    EXPECT_TRUE(refused(url)) << url;
  }
}

TEST(Explain, an_origin_that_the_url_names_itself_is_no_refusal) {
  for (const char* url : {"https://api.example.com/", "api.example.com", "http://proxy.example/",
                          "https://www.com/", "h.ccnproxy-https", "http://localhost/hc"})
    EXPECT_FALSE(refused(url)) << explained(url);
  for (const char* url : {"http://127.0.0.1/", "h.ccnproxy:0", "http://h.ccnproxy/ x", "http:///"})
    EXPECT_TRUE(refused(url)) << explained(url);
}

TEST(Explain, paths_of_the_daemon_itself_are_told_as_such) {
  EXPECT_NE(explained("http://localhost/hc").find("by Host -> 200: answered by ccnproxy itself"),
            std::string::npos);
}

TEST(Explain, the_limits_of_heads_hold) {
  const auto long_target = "http://h.ccnproxy/" + std::string(20'000, 'a');
  EXPECT_NE(explained(long_target).find(" -> 414: "), std::string::npos);
  EXPECT_TRUE(refused(long_target));
}

}  // namespace
}  // namespace ccnproxy::route
