#include "ccnproxy/route/origin_acl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ccnproxy::route {
namespace {

using origin::Origin;
using origin::Scheme;

config::Config rules(std::vector<std::string> allow, std::vector<std::string> deny) {
  config::Config config;
  config.origins.allow = std::move(allow);
  config.origins.deny = std::move(deny);
  return config;
}

AclDecision judge(const config::Config& config, const std::string& host, std::uint16_t port = 443) {
  return OriginAcl(config).judge({Scheme::https, host, port});
}

/// The rule that allows, or "-" and the one that denies.
std::string verdict(const config::Config& config, const std::string& host,
                    std::uint16_t port = 443) {
  const auto decision = judge(config, host, port);
  return (decision.allowed ? "" : "-") + decision.rule;
}

TEST(OriginAcl, by_default_every_name_and_port_may_be_asked_for) {
  const config::Config config;
  EXPECT_EQ(verdict(config, "api.example.com"), "*");
  EXPECT_EQ(verdict(config, "api.example.com", 22), "*");
  EXPECT_EQ(verdict(config, "10.0.0.1"), "*");
}

TEST(OriginAcl, what_no_rule_allows_is_denied) {
  const auto config = rules({"api.example.com", "*.test", "*:8443", "x.example.org:444"}, {});
  EXPECT_EQ(verdict(config, "api.example.com"), "api.example.com");
  EXPECT_EQ(verdict(config, "api.example.com", 80), "api.example.com");
  EXPECT_EQ(verdict(config, "a.test"), "*.test");
  EXPECT_EQ(verdict(config, "a.b.test"), "*.test");
  EXPECT_EQ(verdict(config, "test"), "-");
  EXPECT_EQ(verdict(config, "xtest"), "-");
  EXPECT_EQ(verdict(config, "api.example.com.evil.org"), "-");
  EXPECT_EQ(verdict(config, "any.org", 8443), "*:8443");
  EXPECT_EQ(verdict(config, "x.example.org", 444), "x.example.org:444");
  EXPECT_EQ(verdict(config, "x.example.org", 443), "-");
}

TEST(OriginAcl, F090_ports_are_rules_too) {
  const auto config = rules({"*:443"}, {});
  EXPECT_EQ(verdict(config, "h", 443), "*:443");
  EXPECT_EQ(verdict(config, "h", 22), "-");
}

TEST(OriginAcl, deny_wins_however_exact_the_other_is) {
  const auto config = rules({"*", "a.bad.test"}, {"*.bad.test", "*:25", "one.test:80"});
  EXPECT_EQ(verdict(config, "a.bad.test"), "-*.bad.test");
  EXPECT_EQ(verdict(config, "bad.test"), "*");
  EXPECT_EQ(verdict(config, "x.test", 25), "-*:25");
  EXPECT_EQ(verdict(config, "one.test", 80), "-one.test:80");
  EXPECT_EQ(verdict(config, "one.test", 443), "*");
}

TEST(OriginAcl, the_reason_tells_the_rule_and_where_it_stands) {
  const auto by_rule = judge(rules({"*"}, {"*.bad.test"}), "a.bad.test", 8443);
  EXPECT_EQ(by_rule.type, ErrorType::http_request_denied);
  EXPECT_EQ(by_rule.reason,
            "https://a.bad.test:8443 may not be asked for: it is denied by *.bad.test in "
            "origins.deny of this proxy's configuration; take that out to allow it");
  const auto by_none = judge(rules({"a.test"}, {}), "b.test");
  EXPECT_EQ(by_none.type, ErrorType::http_request_denied);
  EXPECT_EQ(by_none.reason,
            "https://b.test may not be asked for: nothing in origins.allow of this proxy's "
            "configuration matches it; add b.test there to allow it");
}

TEST(OriginAcl, F089_an_address_as_a_name_is_judged_as_the_address_it_is) {
  const config::Config config;
  for (const auto* host : {"127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
                           "169.254.169.254", "fd00:ec2::254", "::", "0.0.0.0"}) {
    const auto decision = judge(config, host);
    EXPECT_FALSE(decision.allowed) << host;
    EXPECT_EQ(decision.type, ErrorType::destination_ip_prohibited) << host;
    EXPECT_THAT(decision.reason, testing::HasSubstr("in origins.deny_addresses of this proxy"));
  }
  EXPECT_TRUE(judge(config, "localhost").allowed) << "names are judged where they lead";
}

/// What stands for 192.0.2.2, as label_table gives it on.
const std::vector<std::string> forms_of_one_address = {
    "192.0.2.2",           "::192.0.2.2",      "::ffff:0:192.0.2.2", "64:ff9b::c000:202",
    "64:ff9b:1::c000:202", "2002:c000:202::1", "2001::3fff:fdfd",    "2001:db8::5efe:c000:202"};

TEST(OriginAcl, F153_a_denied_address_is_denied_in_every_form) {
  auto config = rules({"*"}, {"192.0.2.2"});
  config.origins.deny_addresses = {};
  for (const auto& host : forms_of_one_address)
    EXPECT_EQ(verdict(config, host), "-192.0.2.2") << host;
  for (const auto* other : {"192.0.2.3", "64:ff9b::c000:203", "a.192.0.2.2.test", "2001:db8::1"})
    EXPECT_EQ(verdict(config, other), "*") << other;
  config.origins.deny = {"192.0.2.2:443"};
  EXPECT_EQ(verdict(config, "64:ff9b::c000:202", 443), "-192.0.2.2:443");
  EXPECT_EQ(verdict(config, "64:ff9b::c000:202", 80), "*");
}

TEST(OriginAcl, F153_an_allowed_address_is_allowed_as_itself_alone) {
  auto config = rules({"192.0.2.2"}, {});
  config.origins.deny_addresses = {};
  EXPECT_EQ(verdict(config, "192.0.2.2"), "192.0.2.2");
  for (const auto& host : forms_of_one_address) {
    EXPECT_EQ(verdict(config, host), host == "192.0.2.2" ? host : "-") << host;
  }
}

TEST(OriginAcl, F156_connect_to_leads_to_what_it_names_and_nowhere_else) {
  config::Config config;
  config.overrides.resize(1);
  auto& entry = config.overrides[0];
  entry.match = "*.test";
  entry.connect_host = "127.0.0.1";
  EXPECT_TRUE(judge(config, "a.test", 443).allowed) << "the scheme's default port";
  const auto other_port = judge(config, "a.test", 6379);
  EXPECT_FALSE(other_port.allowed);
  EXPECT_EQ(other_port.type, ErrorType::destination_ip_prohibited);
  EXPECT_EQ(other_port.reason,
            "https://a.test:6379 may not be connected to at 127.0.0.1:6379: it is denied by "
            "127.0.0.0/8 in origins.deny_addresses of this proxy's configuration; only connect_to "
            "in an override leads there; connect_to of its override exempts only 127.0.0.1 on the "
            "scheme's default port");
  entry.connect_port = 8443;
  EXPECT_TRUE(judge(config, "a.test", 6379).allowed) << "goes to 8443";
  entry.connect_host = "gateway.internal";
  EXPECT_TRUE(judge(config, "a.test", 443).allowed) << "judged where it leads";
}

TEST(OriginAcl, F156_what_allow_addresses_lists_may_be_asked_for_by_address) {
  config::Config config;
  config.overrides.resize(1);
  config.overrides[0].match = "127.0.0.1";
  config.overrides[0].allow_addresses = {"127.0.0.1"};
  EXPECT_TRUE(judge(config, "127.0.0.1", 443).allowed);
  EXPECT_FALSE(judge(config, "127.0.0.1", 444).allowed);
  EXPECT_FALSE(judge(config, "127.0.0.2", 443).allowed);
}

TEST(OriginAcl, an_address_that_an_override_sends_elsewhere_is_not_one) {
  config::Config config;
  config::Override entry;
  entry.match = "127.0.0.1:8443";
  config.overrides = {entry};
  EXPECT_FALSE(judge(config, "127.0.0.1", 8443).allowed);
  config.overrides[0].connect_host = "10.0.0.1";
  EXPECT_TRUE(judge(config, "127.0.0.1", 8443).allowed);
  EXPECT_FALSE(judge(config, "127.0.0.1", 443).allowed);
}

TEST(OriginAcl, beside_an_upstream_no_other_origin_may_be_asked_for) {
  config::Config config;
  config.upstream = "https://app.internal";
  const OriginAcl access(config);
  EXPECT_TRUE(access.judge({origin::Scheme::https, "app.internal", 443}).allowed);
  EXPECT_FALSE(access.judge({origin::Scheme::http, "app.internal", 80}).allowed);
  EXPECT_FALSE(access.judge({origin::Scheme::https, "other.test", 443}).allowed);
}

TEST(HostRules, of_many_the_right_one_is_found) {
  std::vector<std::string> texts;
  for (int i = 0; i < 1000; ++i) {
    texts.push_back("h" + std::to_string(i) + ".test");
    texts.push_back("*.s" + std::to_string(i) + ".test:" + std::to_string(i + 1));
  }
  const HostRules many(texts);
  EXPECT_EQ(*many.find("h999.test", 1), "h999.test");
  EXPECT_EQ(*many.find("a.b.s7.test", 8), "*.s7.test:8");
  EXPECT_EQ(many.find("a.b.s7.test", 9), nullptr);
  EXPECT_EQ(many.find("h1000.test", 1), nullptr);
  EXPECT_EQ(many.find("", 1), nullptr);
}

TEST(HostRules, ipv6_hosts_are_hosts) {
  const HostRules some({"2001:db8::1", "[2001:db8::2]:443"});
  EXPECT_NE(some.find("2001:db8::1", 9), nullptr);
  EXPECT_NE(some.find("2001:db8::2", 443), nullptr);
  EXPECT_EQ(some.find("2001:db8::2", 9), nullptr);
}

}  // namespace
}  // namespace ccnproxy::route
