#include "ccnproxy/net/address_range.h"

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

Endpoint at(std::string_view address) { return Endpoint::from_literal(address, 443).value(); }

bool holds(std::string_view block, std::string_view address) {
  const auto parsed = AddressRange::parse(block);
  EXPECT_TRUE(parsed.range) << block << ": " << parsed.fault;
  return parsed.range && parsed.range->contains(at(address));
}

TEST(AddressRange, holds_what_begins_with_its_bits) {
  struct Row {
    std::string_view block, first, last, before, after;
  };
  const std::vector<Row> table = {
      {"10.0.0.0/8", "10.0.0.0", "10.255.255.255", "9.255.255.255", "11.0.0.0"},
      {"172.16.0.0/12", "172.16.0.0", "172.31.255.255", "172.15.255.255", "172.32.0.0"},
      {"192.0.2.128/25", "192.0.2.128", "192.0.2.255", "192.0.2.127", "192.0.3.0"},
      {"192.0.2.7/32", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"},
      {"192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.6", "192.0.2.8"},
      {"fe80::/10", "fe80::", "febf:ffff::1", "fe7f::", "fec0::"},
      {"fc00::/7", "fc00::", "fdff:ffff::1", "fbff::", "fe00::"},
      {"::1", "::1", "::1", "::", "::2"},
      {"2001:db8::/33", "2001:db8::", "2001:db8:7fff::1", "2001:db7::", "2001:db8:8000::"},
      {"[2001:db8::]/32", "2001:db8::", "2001:db8:ffff::", "2001:db7::", "2001:db9::"},
  };
  for (const auto& row : table) {
    EXPECT_TRUE(holds(row.block, row.first)) << row.block;
    EXPECT_TRUE(holds(row.block, row.last)) << row.block;
    EXPECT_FALSE(holds(row.block, row.before)) << row.block;
    EXPECT_FALSE(holds(row.block, row.after)) << row.block;
  }
}

TEST(AddressRange, length_0_holds_all_of_its_family_and_none_of_the_other) {
  EXPECT_TRUE(holds("0.0.0.0/0", "255.1.2.3"));
  EXPECT_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  EXPECT_TRUE(holds("::/0", "2001:db8::1"));
  EXPECT_FALSE(holds("::/0", "1.2.3.4"));
}

TEST(AddressRange, F089_ipv4_mapped_is_ipv4_on_both_sides) {
  EXPECT_TRUE(holds("127.0.0.0/8", "::ffff:127.0.0.1"));
  EXPECT_TRUE(holds("::ffff:127.0.0.0/104", "127.0.0.1"));
  EXPECT_TRUE(holds("::ffff:7f00:1", "127.0.0.1"));
  EXPECT_TRUE(holds("::ffff:0:0/96", "8.8.8.8"));
  EXPECT_FALSE(holds("::ffff:127.0.0.0/104", "128.0.0.1"));
}

TEST(AddressRange, neither_port_nor_scope_counts) {
  EXPECT_TRUE(holds("fe80::/10", "fe80::1%1"));
  EXPECT_FALSE(AddressRange::parse("10.0.0.0/8").range->contains(Endpoint()));
}

TEST(AddressRange, says_what_is_wrong) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"", "an address or a block of addresses, as in 10.0.0.0/8"},
      {"localhost", "an address or a block of addresses, as in 10.0.0.0/8"},
      {"10/8", "an address or a block of addresses, as in 10.0.0.0/8"},
      {"127.1", "an address or a block of addresses, as in 10.0.0.0/8"},
      {"fe80::1%1", "an address or a block of addresses, as in 10.0.0.0/8"},
      {"10.0.0.0/", "a block of addresses with a length from 0 to 32"},
      {"10.0.0.0/33", "a block of addresses with a length from 0 to 32"},
      {"10.0.0.0/08", "a block of addresses with a length from 0 to 32"},
      {"10.0.0.0/-1", "a block of addresses with a length from 0 to 32"},
      {"10.0.0.0/8/8", "a block of addresses with a length from 0 to 32"},
      {"10.0.0.0/255.0.0.0", "a block of addresses with a length from 0 to 32"},
      {"fd00::/129", "a block of addresses with a length from 0 to 128"},
      {"10.0.0.1/8", "a block of addresses that begins where its length says (10.0.0.0/8)"},
      {"fd00::1/8", "a block of addresses that begins where its length says (fd00::/8)"},
  };
  for (const auto& [text, fault] : table) {
    const auto parsed = AddressRange::parse(text);
    EXPECT_FALSE(parsed.range) << text;
    EXPECT_EQ(parsed.fault, fault) << text;
  }
}

}  // namespace
}  // namespace ccnproxy
