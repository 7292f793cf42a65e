// `upstream:` has every request go to one origin, whatever it asks for.
#include <gtest/gtest.h>

#include "ccnproxy/route/explain.h"
#include "ccnproxy/route/label_options.h"

#include "unit/route/label_rows.h"

namespace ccnproxy::route {
namespace {

config::Config with_upstream(const std::string& upstream) {
  config::Config config;
  config.upstream = upstream;
  config.overrides.resize(2);
  config.overrides[0].match = "app.internal";
  config.overrides[0].connect_host = "10.0.0.5";
  config.overrides[0].tls.alpn = {"http/1.1"};
  config.overrides[1].match = "*.example.com";
  return config;
}

/// What `ccnproxy map` says.
std::string explained(const config::Config& config, std::string_view url, bool json = false) {
  return explain(LabelTable(label_options(config)), config, url, json).text;
}

TEST(Upstream, gets_everything_with_the_host_as_it_is) {
  auto options = LabelTable::defaults();
  options.upstream = origin::Origin{origin::Scheme::http, "app.internal", 8080};
  const LabelTable table(options);
  struct Sent {
    const char *target, *host, *method, *to, *wanted_host;
  };
  const std::vector<Sent> rows = {
      {"/x?y", "www.example.com", "GET", "/x?y", "www.example.com"},
      {"/x", "Api.example.com.ccnproxy-https:3000", "GET", "/x",
       "Api.example.com.ccnproxy-https:3000"},
      {"/", "", "GET", "/", ""},
      {"*", "a", "OPTIONS", "*", "a"},
      {"http://b:81/x", "a", "GET", "/x", "b:81"},
      {"https://b.ccnproxy", "a", "GET", "/", "b.ccnproxy"},
      {"http://b?y", "a", "GET", "/?y", "b"},
      {"http://b", "a", "OPTIONS", "*", "b"},
  };
  for (const auto& row : rows) {
    const MapQuery query{row.method, row.target, row.host, our_port};
    EXPECT_EQ(outcome(table, query), std::string("http://app.internal:8080 ") + row.to);
    EXPECT_EQ(table.map(query).value().host, row.wanted_host) << row.target;
  }
  expect_rows(table, {{"http://joe@b/", "a", "400"},
                      {"http:///", "a", "400"},
                      {"http://b:99999/", "a", "400"},
                      {"ftp://b/", "a", "400"},
                      {"*", "a", "400"},
                      {"/#x", "a", "400"},
                      {"b:443", "b:443", "405", "CONNECT"}});
}

TEST(Upstream, is_what_map_tells_and_whose_override_holds) {
  const auto config = with_upstream("https://app.internal:8443");
  const std::string to = " (http/1.1; override \"app.internal\" connect_to 10.0.0.5:8443; Host ";
  EXPECT_EQ(explained(config, "http://www.example.com/v1?x"),
            "http://www.example.com/v1?x -> https://app.internal:8443/v1?x" + to +
                "www.example.com; allowed by \"*\")");
  EXPECT_EQ(explained(config, "api.example.com.ccnproxy:3000"),
            "api.example.com.ccnproxy:3000 -> https://app.internal:8443/" + to +
                "api.example.com.ccnproxy:3000; allowed by \"*\")")
      << "labels mean nothing here";
  EXPECT_EQ(explained(config, "http://s3.amazonaws.com?x"),
            "http://s3.amazonaws.com?x -> https://app.internal:8443/?x" + to +
                "s3.amazonaws.com; allowed by \"*\")");
}

TEST(Upstream, is_in_the_json_of_map) {
  const std::string to =
      "\"to\":\"http://192.0.2.7/a\",\"protocols\":[\"http/1.1\"],\"host\":\"www.example.com\","
      "\"verify\":true,\"allowed_by\":\"*\"";
  EXPECT_EQ(explained(with_upstream("http://192.0.2.7"), "http://www.example.com/a", true),
            "{\"url\":\"http://www.example.com/a\"," + to + ",\"by_host\":{" + to + "}}");
}

TEST(Upstream, F087_that_may_not_be_asked_for_is_a_403_of_map_by_its_own_name) {
  auto config = with_upstream("https://app.internal");
  config.origins.deny = {"app.internal"};
  EXPECT_EQ(explained(config, "http://www.example.com/"),
            "http://www.example.com/ -> 403: https://app.internal may not be asked for: it is "
            "denied by app.internal in origins.deny of this proxy's configuration; take that out "
            "to allow it");
}

TEST(Upstream, what_no_client_could_ask_is_refused_by_map_too) {
  const auto config = with_upstream("https://app.internal");
  EXPECT_NE(explained(config, "http://joe@www.example.com/")
                .find("http://joe@www.example.com/ as the client's proxy -> 400: the host that was "
                      "asked for is not a host name with an optional port"),
            std::string::npos)
      << explained(config, "http://joe@www.example.com/");
  EXPECT_EQ(explained(config, "http://www.example.com/#x"),
            "http://www.example.com/#x -> 400: a fragment (#) in the request target");
}

}  // namespace
}  // namespace ccnproxy::route
