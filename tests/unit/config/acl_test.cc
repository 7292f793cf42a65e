#include <gtest/gtest.h>

#include "loading.h"

namespace ccnproxy::config {
namespace {

using Texts = std::vector<std::string>;

TEST(AclConfig, reads_who_may_use_it_and_for_what) {
  const Config config = load(R"(
clients: {allow: [192.0.2.0/24, "2001:DB8::/32", "::1"]}
origins:
  allow: ["API.Example.com.", "*.Test", "*:443", "h.test:8443", "[2001:DB8::1]:443", 10.0.0.5]
  deny: ["*.internal", "*:25"]
  deny_addresses: [10.0.0.0/8, multicast, "FD00::/8"]
)");
  EXPECT_EQ(config.clients.allow, (Texts{"192.0.2.0/24", "2001:DB8::/32", "::1"}));
  EXPECT_EQ(config.origins.allow, (Texts{"api.example.com", "*.test", "*:443", "h.test:8443",
                                         "[2001:db8::1]:443", "10.0.0.5"}));
  EXPECT_EQ(config.origins.deny_addresses, (Texts{"10.0.0.0/8", "multicast", "FD00::/8"}));
}

TEST(AclConfig, F092_the_default_is_for_this_machine_and_its_private_neighbours) {
  const Config config;
  EXPECT_EQ(config.listeners, (std::vector<ListenAddress>{{"127.0.0.1", 3000, ""}}));
  EXPECT_EQ(config.admin.address, (ListenAddress{"127.0.0.1", 3001, ""}));
  EXPECT_EQ(config.clients.allow, (Texts{"127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12",
                                         "192.168.0.0/16", "fc00::/7"}));
}

TEST(AclConfig, F153_a_rule_about_an_address_is_one_in_any_spelling) {
  const std::string_view spellings[] = {"192.0.2.2", "\"[::ffff:192.0.2.2]\"",
                                        "\"::FFFF:C000:0202\"", "\"[0:0:0:0:0:ffff:c000:202]\"",
                                        "192.0.2.2."};
  for (const auto text : spellings) {
    const std::string list(text);
    const auto config =
        load("origins: {allow: [" + list + "]}\noverrides: [{match: " + list + "}]");
    EXPECT_EQ(config.origins.allow, Texts{"192.0.2.2"}) << text;
    EXPECT_EQ(config.overrides.at(0).match, "192.0.2.2") << text;
    EXPECT_EQ(load("origins: {deny: [" + list + "]}").origins.deny, Texts{"192.0.2.2"}) << text;
  }
  const auto with_port = load(R"(
origins: {deny: ["[::ffff:192.0.2.2]:443", "[2001:DB8:0:0::2]:80", "192.0.2.3:1"]}
pool: {warm: ["http://[::ffff:c000:209]:8080"]}
overrides: [{match: a.test, connect_to: "[::FFFF:C000:0202]:443"}])");
  EXPECT_EQ(with_port.overrides.at(0).connect_host, "192.0.2.2");
  EXPECT_EQ(with_port.origins.deny, (Texts{"192.0.2.2:443", "[2001:db8::2]:80", "192.0.2.3:1"}));
  EXPECT_EQ(with_port.warmth.warm, Texts{"http://192.0.2.9:8080"});
}

TEST(AclConfig, F153_what_is_no_address_in_one_way_alone_is_refused_in_the_lists) {
  for (const std::string text :
       {"0x7f.0.0.1", "2130706433", "127.1", "0177.0.0.1", "127.0.0.01", "\"[fe80::1%25lo]\"",
        "\"[fe80::1%lo]\"", "\"fe80::1%1\"", "\"[::ffff:127.1]\"", "\"[::1].\""}) {
    for (const std::string key : {"origins: {allow: [", "origins: {deny: [",
                                  "origins: {deny_addresses: [", "clients: {allow: ["}) {
      EXPECT_EQ(mistakes_in(key + text + "]}").size(), 1U) << key << text;
    }
    EXPECT_FALSE(mistakes_in("overrides: [{match: " + text + "}]").empty()) << text;
    EXPECT_FALSE(mistakes_in("overrides: [{match: a.test, connect_to: " + text + "}]").empty())
        << text;
  }
}

TEST(AclConfig, F153_check_says_that_an_address_in_deny_stops_no_name) {
  const auto warnings_in = [](std::string_view text) {
    Texts lines;
    for (const auto& warning : load_text(text, "f").warnings) lines.push_back(warning.to_string());
    return lines;
  };
  EXPECT_EQ(
      warnings_in("origins: {deny: [a.test, \"[::ffff:192.0.2.2]:443\"]}"),
      Texts{"f:1:26: `origins.deny[1]` denies requests that name this address, not names that "
            "lead there; to make no connection to it put 192.0.2.2 into "
            "origins.deny_addresses, too"});
  EXPECT_EQ(warnings_in("origins: {deny: [\"2001:db8::2\"]}").size(), 1U);
  for (const std::string_view fine :
       {"origins: {deny: [192.0.2.2], deny_addresses: [192.0.2.0/24]}",
        "origins: {deny: [127.0.0.1, \"::1\", \"64:ff9b::7f00:1\"]}",
        "origins: {deny: [a.test, \"*.b.test\", \"*:25\"]}", "origins: {allow: [192.0.2.2]}"}) {
    EXPECT_EQ(warnings_in(fine), Texts{}) << fine;
  }
}

TEST(AclConfig, F153_an_address_is_denied_in_the_forms_that_carry_it) {
  EXPECT_EQ(mistakes_in("origins: {deny: [192.0.2.2]}\n"
                        "pool: {warm: [\"http://[64:ff9b::c000:202]\"]}"),
            Texts{"f:2:15: `pool.warm[0]` names an origin that is denied: line 1 of "
                  "origins.deny"});
  EXPECT_EQ(mistakes_in("overrides: [{match: a.test, connect_to: \"[::ffff:127.0.0.1]:3000\"}]"),
            Texts{"f:1:29: `overrides[0].connect_to` is an address that this proxy itself listens "
                  "on"});
}

TEST(AclConfig, own_addresses_are_denied_by_default) {
  EXPECT_FALSE(Config{}.origins.allow_own_addresses);
  EXPECT_TRUE(load("origins: {allow_own_addresses: true}").origins.allow_own_addresses);
}

TEST(AclConfig, an_empty_list_of_denied_addresses_denies_none) {
  EXPECT_EQ(load("origins: {deny_addresses: []}").origins.deny_addresses, Texts{});
  EXPECT_EQ(load("origins: {deny: []}").origins.deny, Texts{});
  EXPECT_EQ(load("origins:\n"), Config{});
}

TEST(AclConfig, tells_mistakes_where_they_stand) {
  const std::vector<std::pair<std::string_view, std::string>> table = {
      {"clients: {allow: [10.0.0.1/8]}",
       "f:1:19: `clients.allow[0]` must be a block of addresses that begins where its length says "
       "(10.0.0.0/8), not `10.0.0.1/8`"},
      {"clients:\n  allow:\n    - localhost",
       "f:3:7: `clients.allow[0]` must be an address or a block of addresses, as in 10.0.0.0/8, "
       "not `localhost`"},
      {"clients: {allow: [multicast]}",
       "f:1:19: `clients.allow[0]` must be an address or a block of addresses, as in 10.0.0.0/8, "
       "not `multicast`"},
      {"clients: {allow: 10.0.0.0/8}",
       "f:1:18: `clients.allow` must be a list of blocks of addresses, not `10.0.0.0/8`; write "
       "[10.0.0.0/8]"},
      {"origins:\n  deny_addresses:\n",
       "f:2:3: `origins.deny_addresses` must be a list of blocks of addresses ([] for none), not "
       "empty"},
      {"origins: {deny_addresses: [bad.test]}",
       "f:1:28: `origins.deny_addresses[0]` must be a block of addresses or `multicast` (names "
       "belong into origins.deny), not `bad.test`"},
      {"origins: {deny: [10.0.0.0/8]}",
       "f:1:18: `origins.deny[0]` must be a name or one address (blocks of addresses belong into "
       "origins.deny_addresses), not `10.0.0.0/8`"},
      {"origins: {deny: [\"https://a.test\"]}",
       "f:1:18: `origins.deny[0]` must be a host, *.suffix or *, with or without a port, not "
       "`https://a.test`"},
      {"origins: {allow: [\"a.*.test\"]}",
       "f:1:19: `origins.allow[0]` must be a host, *.suffix or *, with or without a port, not "
       "`a.*.test`"},
      {"origins: {allow: [\"*:0\"]}",
       "f:1:19: `origins.allow[0]` must be a host, *.suffix or *, with or without a port, not "
       "`*:0`"},
      {"origins: {alow: []}", "f:1:11: unknown key `alow` in `origins`; did you mean `allow`?"},
      {"origins: {allow: [{a: b}]}", "f:1:19: `origins.allow[0]` must be one word, not a map"},
  };
  for (const auto& [text, wanted] : table) {
    const auto found = mistakes_in(text);
    EXPECT_EQ(found, Texts{wanted}) << text;
  }
}

TEST(AclConfig, tells_what_contradicts_itself) {
  const std::vector<std::pair<std::string_view, std::string>> table = {
      {"clients: {allow: []}",
       "f:1:11: `clients.allow` is empty, and no listener is a unix socket: no client could "
       "be served"},
      {"origins: {allow: []}",
       "f:1:11: `origins.allow` allows no origin at all; `\"*\"` allows every one"},
      {"origins:\n  deny: [\"*.test\"]\n  allow: [a.test, b.example]",
       "f:3:11: `origins.allow[0]` allows nothing: line 2 of origins.deny denies all that it "
       "matches"},
      {"origins: {deny: [\"*\"]}", "f:1:11: `origins.deny` denies all"},
      {"origins: {deny: [\"*.test\"]}\npool: {warm: [\"https://a.test\"]}",
       "f:2:15: `pool.warm[0]` names an origin that is denied: line 1 of origins.deny"},
      {"origins: {allow: [\"*:443\"]}\npool: {warm: [\"https://a.test\", \"http://a.test\"]}",
       "f:2:33: `pool.warm[1]` names an origin that is denied: no rule of origins.allow "
       "matches it"},
      {"origins: {deny: [\"*.test\"]}\noverrides: [{match: \"*.a.test\"}]",
       "f:2:14: `overrides[0].match` is never used: line 1 of origins.deny denies all that it "
       "matches"},
      {"overrides: [{match: a.test, connect_to: \"127.0.0.1:3000\"}]",
       "f:1:29: `overrides[0].connect_to` is an address that this proxy itself listens on"},
      {"overrides: [{match: a.test, connect_to: \"127.0.0.1:3001\"}]",
       "f:1:29: `overrides[0].connect_to` is an address that this proxy itself listens on"},
  };
  for (const auto& [text, wanted] : table) {
    const auto found = mistakes_in(text);
    EXPECT_EQ(found, Texts{wanted}) << text;
  }
}

TEST(AclConfig, what_only_looks_like_a_contradiction_is_none) {
  for (const std::string_view text : {
           "clients: {allow: []}\nlisteners: [{address: unix:/run/x.sock}]",
           "origins: {allow: [a.test], deny: [\"a.test:25\", \"*.a.test\"]}",
           "origins: {deny: [\"a.test:80\"]}\npool: {warm: [\"https://a.test\"]}",
           "overrides: [{match: a.test, connect_to: \"127.0.0.1:3002\"}]",
           "overrides: [{match: a.test, connect_to: \"127.0.0.1\"}]",
       }) {
    EXPECT_EQ(mistakes_in(text), Texts{}) << text;
  }
}

TEST(AclConfig, more_rules_than_anybody_writes_are_refused) {
  std::string text = "origins: {deny: [";
  for (int i = 0; i < 5001; ++i) text += "h" + std::to_string(i) + ".test,";
  EXPECT_EQ(mistakes_in(text + "]}"), Texts{"f:1:11: `origins.deny` holds more than 5000 rules"});
}

}  // namespace
}  // namespace ccnproxy::config
