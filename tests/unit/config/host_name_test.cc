#include "ccnproxy/config/host_name.h"

#include <gtest/gtest.h>

namespace ccnproxy::config {
namespace {

TEST(HostName, F041_one_form_for_case_and_trailing_dots) {
  for (const char* text : {"example.test", "example.test.", "example.test..", "EXAMPLE.Test."}) {
    EXPECT_EQ(normalise_host(text).name, "example.test") << text;
  }
}

TEST(HostName, addresses_become_canonical) {
  EXPECT_EQ(normalise_host("192.0.2.1").name, "192.0.2.1");
  EXPECT_EQ(normalise_host("192.0.2.1.").name, "192.0.2.1");
  EXPECT_EQ(normalise_host("[2001:DB8:0:0::1]").name, "2001:db8::1");
}

TEST(HostName, F153_an_ipv4_mapped_address_is_the_ipv4_address) {
  for (const char* text : {"192.0.2.2", "192.0.2.2.", "[::ffff:192.0.2.2]", "[::FFFF:C000:202]",
                           "[::ffff:c000:0202]", "[0:0:0:0:0:ffff:c000:202]",
                           "[0000:0000:0000:0000:0000:ffff:192.0.2.2]", "[0::ffff:192.0.2.2]"}) {
    EXPECT_EQ(normalise_host(text).name, "192.0.2.2") << text;
  }
  EXPECT_EQ(normalise_host("[::192.0.2.2]").name, "::192.0.2.2") << "goes to another place";
  EXPECT_EQ(normalise_host("[64:ff9b::192.0.2.2]").name, "64:ff9b::c000:202");
}

TEST(HostName, F153_knows_which_addresses_one_carries) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(carried_hosts("64:ff9b::c000:202"), Texts{"192.0.2.2"});
  EXPECT_EQ(carried_hosts("2002:c000:202::1"), Texts{"192.0.2.2"});
  EXPECT_EQ(carried_hosts("::192.0.2.2"), Texts{"192.0.2.2"});
  for (const char* none : {"192.0.2.2", "2001:db8::1", "a.test", "", "a:b"})
    EXPECT_EQ(carried_hosts(none), Texts{}) << none;
}

TEST(HostName, F089_refuses_disguised_addresses) {
  for (const char* text :
       {"2130706433", "127.1", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "127.0.0.0x1",
        "127.0.0.01", "1.2.3.4.5", "256.0.0.1", "foo.1", "foo.0x", "foo.0x1f", "1.2.3.4.0x"}) {
    EXPECT_FALSE(normalise_host(text).ok()) << text;
  }
  for (const char* text :
       {"1e100.net", "4chan.example", "1.2.3.4.nip.io", "127.0.0.1a", "foo.0xg"}) {
    EXPECT_TRUE(normalise_host(text).ok()) << text;
  }
}

TEST(HostName, F121_refuses_what_is_no_host) {
  for (const char* text : {"",
                           ".",
                           "..",
                           ".a",
                           "a..b",
                           "a b",
                           "a/b",
                           "a@b",
                           "a:b",
                           "a,b",
                           "a%41",
                           "a\tb",
                           "a?b",
                           "a#b",
                           "a\\b",
                           "[",
                           "[]",
                           "[::1",
                           "::1",
                           "[::1]x",
                           "[::g]",
                           "[::1%eth0]",
                           "[1.2.3.4]",
                           "b\xc3\xbc"
                           "cher.example",
                           "*.a"}) {
    const auto host = normalise_host(text);
    EXPECT_FALSE(host.ok()) << text;
    EXPECT_EQ(host.name, "") << text;
  }
  EXPECT_FALSE(normalise_host(std::string_view("a\0b", 3)).ok());
  EXPECT_TRUE(normalise_host("_dmarc.a-b_c.example").ok());
}

TEST(HostName, lengths) {
  const std::string label(63, 'a');
  EXPECT_TRUE(normalise_host(label).ok());
  EXPECT_FALSE(normalise_host(label + 'a').ok());
  const std::string longest = label + '.' + label + '.' + label + '.' + std::string(61, 'a');
  ASSERT_EQ(longest.size(), 253u);
  EXPECT_TRUE(normalise_host(longest).ok());
  EXPECT_TRUE(normalise_host(longest + '.').ok());
  EXPECT_FALSE(normalise_host(longest + 'a').ok());
}

TEST(HostName, F090_ports) {
  EXPECT_EQ(parse_port("1"), 1);
  EXPECT_EQ(parse_port("65535"), 65535);
  for (const char* text :
       {"", "0", "65536", "443x", "+443", "-1", " 443", "0443", "4 43", "0x1bb", "99999999999"}) {
    EXPECT_FALSE(parse_port(text)) << text;
  }
}

TEST(HostName, splits_host_and_port) {
  const auto expect = [](std::string_view text, std::string_view host, std::uint16_t port) {
    const auto parts = split_host_port(text);
    ASSERT_TRUE(parts) << text;
    EXPECT_EQ(parts->host, host) << text;
    EXPECT_EQ(parts->port, port) << text;
  };
  expect("a", "a", 0);
  expect("a:1", "a", 1);
  expect("a:", "a", 0);
  expect("[::1]", "[::1]", 0);
  expect("[::1]:8443", "[::1]", 8443);
  expect("[::1].x:8443", "[::1].x", 8443);
  expect("", "", 0);
  for (const char* text : {"a:b", "a:0", "::1", "a:1:2", "[::1]:x", "[::1", "a:-1"}) {
    EXPECT_FALSE(split_host_port(text)) << text;
  }
}

}  // namespace
}  // namespace ccnproxy::config
