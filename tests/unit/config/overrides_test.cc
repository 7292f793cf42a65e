#include "ccnproxy/config/overrides.h"

#include <gtest/gtest.h>

#include "ccnproxy/config/host_pattern.h"

namespace ccnproxy::config {
namespace {

struct MatchRow {
  const char* pattern;
  const char* host;
  std::uint16_t port;
  bool matches;
};

TEST(HostPattern, matches) {
  const std::vector<MatchRow> rows = {
      {"api.example.com", "api.example.com", 443, true},
      {"API.Example.com.", "api.example.com", 443, true},
      {"api.example.com", "api.example.com", 8443, true},
      {"api.example.com", "xapi.example.com", 443, false},
      {"api.example.com", "example.com", 443, false},
      {"api.example.com:8443", "api.example.com", 8443, true},
      {"api.example.com:8443", "api.example.com", 443, false},
      {"*.example.com", "api.example.com", 443, true},
      {"*.example.com", "a.b.example.com", 443, true},
      {"*.example.com", "example.com", 443, false},
      {"*.example.com", "badexample.com", 443, false},
      {"*.example.com", ".example.com", 443, false},
      {"*.example.com:81", "api.example.com", 81, true},
      {"*.example.com:81", "api.example.com", 80, false},
      {"*", "anything", 1, true},
      {"*:443", "anything", 443, true},
      {"*:443", "anything", 80, false},
      {"::1", "::1", 443, true},
      {"[::1]", "::1", 443, true},
      {"[::1]:8443", "::1", 8443, true},
      {"[::1]:8443", "::1", 443, false},
      {"10.0.0.1:80", "10.0.0.1", 80, true},
  };
  for (const auto& row : rows) {
    const auto pattern = parse_host_pattern(row.pattern);
    ASSERT_TRUE(pattern) << row.pattern;
    EXPECT_EQ(pattern->matches(row.host, row.port), row.matches) << row.pattern << ' ' << row.host;
  }
}

TEST(HostPattern, normal_form) {
  EXPECT_EQ(normalise_host_pattern("API.example.com.:443"), "api.example.com:443");
  EXPECT_EQ(normalise_host_pattern("*.Example.COM"), "*.example.com");
  EXPECT_EQ(normalise_host_pattern("*"), "*");
  EXPECT_EQ(normalise_host_pattern("*:80"), "*:80");
  EXPECT_EQ(normalise_host_pattern("[0:0::1]"), "::1");
  EXPECT_EQ(normalise_host_pattern("[::1]:80"), "[::1]:80");
  for (const char* text : {"", "*.", "api.*", "a.*.b", "**", "*a", "a b", "a:x", ":80", "*.[::1]",
                           "[::1", "::g", "a..b", "https://a", "a/b", "127.1"}) {
    EXPECT_FALSE(normalise_host_pattern(text)) << text;
  }
}

TEST(HostPattern, covers) {
  const auto covers = [](const char* a, const char* b) {
    return parse_host_pattern(a)->covers(*parse_host_pattern(b));
  };
  EXPECT_TRUE(covers("a.b", "a.b"));
  EXPECT_TRUE(covers("a.b", "a.b:1"));
  EXPECT_FALSE(covers("a.b:1", "a.b"));
  EXPECT_TRUE(covers("*.b", "a.b"));
  EXPECT_TRUE(covers("*.b", "*.a.b"));
  EXPECT_TRUE(covers("*.b", "*.b:1"));
  EXPECT_FALSE(covers("*.b", "b"));
  EXPECT_FALSE(covers("*.a.b", "*.b"));
  EXPECT_FALSE(covers("a.b", "*.a.b"));
  EXPECT_TRUE(covers("*", "*.b:1"));
  EXPECT_FALSE(covers("*.b", "*"));
}

TEST(Overrides, first_match_wins) {
  Config config;
  config.overrides.resize(3);
  config.overrides[0].match = "api.example.com:8443";
  config.overrides[1].match = "*.example.com";
  config.overrides[2].match = "*";
  EXPECT_EQ(find_override(config, "api.example.com", 8443), &config.overrides[0]);
  EXPECT_EQ(find_override(config, "api.example.com", 443), &config.overrides[1]);
  EXPECT_EQ(find_override(config, "example.com", 443), &config.overrides[2]);
  config.overrides.pop_back();
  EXPECT_EQ(find_override(config, "example.com", 443), nullptr);
}

}  // namespace
}  // namespace ccnproxy::config
