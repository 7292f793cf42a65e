#include "ccnproxy/net/ip_address.h"

#include <cstring>
#include <unordered_set>
#include <vector>

#include <gtest/gtest.h>
#include <sys/un.h>

namespace ccnproxy {
namespace {

Endpoint literal(std::string_view text, std::uint16_t port = 443) {
  const auto endpoint = Endpoint::from_literal(text, port);
  EXPECT_TRUE(endpoint.has_value()) << text;
  return endpoint.value_or(Endpoint());
}

TEST(Endpoint, reads_literals_and_writes_them_as_people_do) {
  const std::vector<std::pair<std::string_view, std::string_view>> table = {
      {"1.2.3.4", "1.2.3.4:443"},
      {"::1", "[::1]:443"},
      {"[::1]", "[::1]:443"},
      {"2001:DB8:0:0::1", "[2001:db8::1]:443"},
      {"::ffff:127.0.0.1", "[::ffff:127.0.0.1]:443"},
      {"fe80::1%7", "[fe80::1%7]:443"},
      {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443"},
  };
  for (const auto& [text, written] : table) EXPECT_EQ(literal(text).to_string(), written) << text;
  EXPECT_EQ(literal("255.255.255.255", 65535).to_string(), "255.255.255.255:65535");
  EXPECT_EQ(literal("0.0.0.0", 0).to_string(), "0.0.0.0:0");
}

TEST(Endpoint, refuses_what_only_some_readers_take_for_an_address) {
  const std::vector<std::string_view> table = {
      "",
      "localhost",
      "127.1",
      "0x7f.0.0.1",
      "2130706433",
      "1.2.3.4 ",
      " 1.2.3.4",
      "1.2.3.4.5",
      "1.2.3.256",
      "[1.2.3.4]",
      "[::1",
      "::1]",
      "[]",
      ":::1",
      "12345::",
      "fe80::1%",
      "fe80::1%0",
      "1.2.3.4:80",
      "1.2.3.4%1",
      "fe80::1%no-such-interface-anywhere",
      "::1%no/if",
      std::string_view("1.2.3.4\0x", 9),
      std::string_view("::1\0", 4),
  };
  for (const auto text : table) EXPECT_FALSE(Endpoint::from_literal(text, 80)) << text;
}

TEST(Endpoint, parses_an_address_with_its_port) {
  EXPECT_EQ(Endpoint::parse("127.0.0.1:3000"), literal("127.0.0.1", 3000));
  EXPECT_EQ(Endpoint::parse("[::1]:65535"), literal("::1", 65535));
  EXPECT_EQ(Endpoint::parse("0.0.0.0:0"), literal("0.0.0.0", 0));
  for (const auto* text : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:443",
                           "[::1]", "[::1]443", "127.0.0.1:+80", "127.0.0.1:80 ", ":80", ""}) {
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  }
}

TEST(Endpoint, takes_an_interface_by_name) {
  EXPECT_EQ(literal("fe80::1%lo"), literal("fe80::1%1"));
}

TEST(Endpoint, gives_the_socket_calls_what_it_was_made_from) {
  for (const auto* text : {"192.0.2.7", "2001:db8::7"}) {
    const Endpoint endpoint = literal(text, 8443);
    const Endpoint again = Endpoint::from(endpoint.data(), endpoint.size());
    EXPECT_EQ(again, endpoint);
    EXPECT_EQ(again.port(), 8443);
    EXPECT_EQ(again.size(), endpoint.is_v6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
    EXPECT_EQ(again.data()->sa_family, endpoint.is_v6() ? AF_INET6 : AF_INET);
  }
}

TEST(Endpoint, holds_no_address_for_other_families_and_short_ones) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  const auto unix_peer = Endpoint::from(reinterpret_cast<const sockaddr*>(&local), sizeof local);
  EXPECT_FALSE(unix_peer);
  EXPECT_EQ(unix_peer.size(), 0u);
  EXPECT_EQ(unix_peer.port(), 0);
  EXPECT_EQ(unix_peer.to_string(), "");
  EXPECT_EQ(unix_peer, Endpoint());

  const Endpoint v6 = literal("::1");
  EXPECT_FALSE(Endpoint::from(v6.data(), sizeof(sockaddr_in)));
  EXPECT_FALSE(Endpoint::from(v6.data(), 1));
  EXPECT_FALSE(Endpoint::from(nullptr, sizeof(sockaddr_in)));
}

TEST(Endpoint, tells_apart_address_port_family_and_scope) {
  EXPECT_EQ(literal("1.2.3.4"), literal("1.2.3.4"));
  EXPECT_NE(literal("1.2.3.4"), literal("1.2.3.5"));
  EXPECT_NE(literal("1.2.3.4", 1), literal("1.2.3.4", 2));
  EXPECT_NE(literal("1.2.3.4"), literal("::ffff:1.2.3.4"));
  EXPECT_NE(literal("fe80::1%1"), literal("fe80::1%2"));
  EXPECT_NE(literal("0.0.0.0", 0), Endpoint());
}

TEST(Endpoint, compares_equal_whatever_the_flow_label) {
  sockaddr_in6 address{};
  std::memcpy(&address, literal("2001:db8::1").data(), sizeof address);
  address.sin6_flowinfo = htonl(0x12345);
  const auto labelled = Endpoint::from(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  EXPECT_EQ(labelled, literal("2001:db8::1"));
  EXPECT_EQ(EndpointHash{}(labelled), EndpointHash{}(literal("2001:db8::1")));
}

TEST(Endpoint, changes_only_the_port) {
  EXPECT_EQ(literal("1.2.3.4", 1).with_port(2), literal("1.2.3.4", 2));
  EXPECT_EQ(literal("fe80::1%3", 1).with_port(2), literal("fe80::1%3", 2));
  EXPECT_EQ(Endpoint().with_port(2), Endpoint());
}

TEST(Endpoint, shows_the_ipv4_address_that_is_mapped_into_ipv6) {
  EXPECT_EQ(literal("::ffff:169.254.169.254").unmapped(), literal("169.254.169.254"));
  EXPECT_EQ(literal("::1").unmapped(), literal("::1"));
  EXPECT_EQ(literal("1.2.3.4").unmapped(), literal("1.2.3.4"));
}

TEST(Endpoint, gives_the_address_bytes_in_network_order) {
  const Endpoint v4 = literal("1.2.3.4");
  EXPECT_EQ(std::vector<std::uint8_t>(v4.bytes().begin(), v4.bytes().end()),
            (std::vector<std::uint8_t>{1, 2, 3, 4}));
  const Endpoint v6 = literal("::2");
  EXPECT_EQ(v6.bytes().size(), 16u);
  EXPECT_EQ(v6.bytes().back(), 2);
  EXPECT_TRUE(Endpoint().bytes().empty());
}

TEST(Endpoint, is_a_key_of_hashed_sets) {
  std::unordered_set<Endpoint, EndpointHash> set;
  set.insert(literal("1.2.3.4"));
  set.insert(literal("1.2.3.4"));
  set.insert(literal("::1"));
  EXPECT_EQ(set.size(), 2u);
}

}  // namespace
}  // namespace ccnproxy
