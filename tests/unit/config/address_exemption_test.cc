#include "ccnproxy/config/address_exemption.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {
namespace {

using ::testing::HasSubstr;

/// Of the first override of this file.
AddressExemption exemption(const std::string& text) {
  const auto loaded = load_text(text, "f");
  for (const auto& mistake : loaded.mistakes) ADD_FAILURE() << mistake.to_string();
  return exemption_of(loaded.config, &loaded.config.overrides.at(0));
}

struct Row {
  std::string override_keys;
  std::string to;
  bool secure;
  bool exempt;
};

const std::vector<Row> rows = {
    // The address and the port that connect_to names, whatever port the client asked for.
    {"match: a.test, connect_to: \"127.0.0.1:8443\"", "127.0.0.1:8443", true, true},
    {"match: a.test, connect_to: \"127.0.0.1:8443\"", "127.0.0.1:8443", false, true},
    {"match: a.test, connect_to: \"127.0.0.1:8443\"", "127.0.0.1:22", true, false},
    {"match: a.test, connect_to: \"127.0.0.1:8443\"", "127.0.0.1:443", true, false},
    {"match: a.test, connect_to: \"127.0.0.1:8443\"", "127.0.0.2:8443", true, false},
    {"match: a.test, connect_to: \"127.0.0.1:8443\"", "[::ffff:127.0.0.1]:8443", true, true},
    {"match: a.test, connect_to: \"[::ffff:7f00:1]:8443\"", "127.0.0.1:8443", true, true},
    {"match: a.test, connect_to: \"[::1]:8443\"", "[::1]:8443", true, true},
    {"match: a.test, connect_to: \"[::1]:8443\"", "127.0.0.1:8443", true, false},
    // Without a port: the scheme's own, never one that only the client has chosen.
    {"match: a.test, connect_to: 127.0.0.1", "127.0.0.1:443", true, true},
    {"match: a.test, connect_to: 127.0.0.1", "127.0.0.1:80", false, true},
    {"match: a.test, connect_to: 127.0.0.1", "127.0.0.1:80", true, false},
    {"match: a.test, connect_to: 127.0.0.1", "127.0.0.1:443", false, false},
    {"match: a.test, connect_to: 127.0.0.1", "127.0.0.1:6379", true, false},
    {"match: a.test, connect_to: 127.0.0.1", "127.0.0.1:6379", false, false},
    // Or the one that the operator has matched.
    {"match: \"a.test:9000\", connect_to: 127.0.0.1", "127.0.0.1:9000", false, true},
    {"match: \"*:9000\", connect_to: 127.0.0.1", "127.0.0.1:9000", false, true},
    {"match: \"a.test:9000\", connect_to: 127.0.0.1", "127.0.0.1:80", false, false},
    // A name exempts no address,
    {"match: a.test, connect_to: \"b.test:8443\"", "127.0.0.1:8443", true, false},
    {"match: a.test, connect_to: \"localhost:8443\"", "127.0.0.1:8443", true, false},
    {"match: a.test, connect_to: b.test", "169.254.169.254:443", true, false},
    // but what is listed beside it does.
    {"match: a.test, connect_to: \"b.test:8443\", allow_addresses: [127.0.0.0/8]", "127.0.0.1:8443",
     true, true},
    {"match: a.test, connect_to: \"b.test:8443\", allow_addresses: [127.0.0.0/8]",
     "[::ffff:127.0.0.1]:8443", true, true},
    {"match: a.test, connect_to: \"b.test:8443\", allow_addresses: [127.0.0.0/8]", "127.0.0.1:22",
     true, false},
    {"match: a.test, connect_to: \"b.test:8443\", allow_addresses: [127.0.0.0/8]",
     "169.254.169.254:8443", true, false},
    {"match: a.test, connect_to: \"b.test:8443\", allow_addresses: [127.0.0.1]",
     "[64:ff9b::7f00:1]:8443", true, false},
    {"match: a.test, connect_to: \"b.test:8443\", allow_addresses: [\"0.0.0.0/0\", \"::/0\"]",
     "169.254.169.254:8443", true, true},
    {"match: a.test, allow_addresses: [127.0.0.1]", "127.0.0.1:443", true, true},
    {"match: a.test, allow_addresses: [127.0.0.1]", "127.0.0.1:8443", true, false},
    {"match: \"a.test:8443\", allow_addresses: [127.0.0.1]", "127.0.0.1:8443", true, true},
    {"match: a.test, connect_to: \"127.0.0.1:1\", allow_addresses: []", "127.0.0.1:1", true, true},
    {"match: a.test", "127.0.0.1:443", true, false},
};

TEST(AddressExemption, F156_is_for_what_the_override_names_and_nothing_else) {
  for (const auto& row : rows) {
    const auto of = exemption("overrides: [{" + row.override_keys + "}]");
    EXPECT_EQ(of.holds(Endpoint::parse(row.to).value(), row.secure), row.exempt)
        << row.override_keys << " -> " << row.to << (row.secure ? " https" : " http");
  }
}

TEST(AddressExemption, F156_an_upstream_names_the_port_itself) {
  const std::string text =
      "upstream: http://app.test:9000\n"
      "overrides: [{match: app.test, connect_to: 127.0.0.1}]";
  EXPECT_TRUE(exemption(text).holds(Endpoint::parse("127.0.0.1:9000").value(), false));
  EXPECT_FALSE(exemption(text).holds(Endpoint::parse("127.0.0.1:80").value(), false));
}

TEST(AddressExemption, F156_says_what_it_leaves_denied) {
  EXPECT_EQ(exemption("overrides: [{match: a.test}]").hint(), "");
  EXPECT_EQ(exemption("overrides: [{match: a.test, connect_to: 127.0.0.1}]").hint(),
            "; connect_to of its override exempts only 127.0.0.1 on the scheme's default port");
  EXPECT_THAT(exemption("overrides: [{match: a.test, connect_to: \"b.test:8443\"}]").hint(),
              HasSubstr("a name, which exempts no address: allow_addresses beside it does, on port "
                        "8443"));
  EXPECT_THAT(exemption("overrides: [{match: a.test, allow_addresses: [127.0.0.1]}]").hint(),
              HasSubstr("exempts only what it lists"));
}

/// The warnings of `check` for these overrides.
std::vector<std::string> warnings_of(const std::string& keys) {
  std::vector<std::string> texts;
  const auto loaded = load_text("overrides: [{match: a.test, " + keys + "}]", "f");
  for (const auto& mistake : loaded.mistakes) ADD_FAILURE() << mistake.to_string();
  for (const auto& warning : loaded.warnings) texts.push_back(warning.to_string());
  return texts;
}

TEST(AddressExemption, F156_check_warns_where_less_is_exempt_than_it_looks) {
  EXPECT_THAT(warnings_of("connect_to: 127.0.0.1"),
              testing::ElementsAre(HasSubstr("f:1:29: `overrides[0].connect_to` is exempt from "
                                             "origins.deny_addresses on the default port")));
  EXPECT_THAT(warnings_of("connect_to: \"localhost:8443\""),
              testing::ElementsAre(HasSubstr("is a name, which exempts no address")));
  for (const auto* fine :
       {"connect_to: \"127.0.0.1:8443\"", "connect_to: 10.0.0.5", "connect_to: gateway.test",
        "connect_to: \"localhost:8443\", allow_addresses: [127.0.0.1]"}) {
    EXPECT_TRUE(warnings_of(fine).empty()) << fine;
  }
}

TEST(AddressExemption, its_list_is_read_like_the_others) {
  const auto loaded = load_text(
      "overrides: [{match: a.test, connect_to: b.test, allow_addresses: [10.0.0.1/8]}]", "f");
  ASSERT_EQ(loaded.mistakes.size(), 1U);
  EXPECT_EQ(loaded.mistakes[0].to_string(),
            "f:1:67: `overrides[0].allow_addresses[0]` must be a block of addresses that begins "
            "where its length says (10.0.0.0/8), not `10.0.0.1/8`");
}

}  // namespace
}  // namespace ccnproxy::config
