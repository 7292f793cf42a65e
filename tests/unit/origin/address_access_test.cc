#include "ccnproxy/origin/address_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/config/config.h"

namespace ccnproxy::origin {
namespace {

using testing::HasSubstr;

Endpoint at(std::string_view address) { return Endpoint::parse(address).value(); }

/// The machine has 192.0.2.1 and loopback.
bool is_local(const Endpoint& address) {
  const auto text = address.unmapped().to_string();
  return text.starts_with("192.0.2.1:") || text.starts_with("127.") || text.starts_with("[::1]");
}

AddressAccess access(const std::vector<std::string>& denied = {}) {
  return AddressAccess(AddressList(denied), is_local);
}

TEST(AddressAccess, F087_says_which_rule_denies) {
  const auto judge = access({"127.0.0.0/8", "multicast"});
  EXPECT_EQ(judge.objection(at("127.0.0.1:443"), false),
            "denied by 127.0.0.0/8 in origins.deny_addresses of this proxy's configuration; only "
            "connect_to in an override leads there");
  EXPECT_THAT(judge.objection(at("[ff02::1]:443"), false), HasSubstr("denied by multicast in"));
  EXPECT_EQ(judge.objection(at("8.8.8.8:443"), false), "");
}

TEST(AddressAccess, F089_every_form_of_an_address_is_denied) {
  const auto judge = access({"169.254.0.0/16"});
  for (const auto* address :
       {"169.254.169.254:80", "[::ffff:169.254.169.254]:80", "[::169.254.169.254]:80",
        "[64:ff9b::a9fe:a9fe]:80", "[64:ff9b:1::a9fe:a9fe]:80", "[2002:a9fe:a9fe::]:80",
        "[2001::5601:5601]:80", "[::ffff:0:a9fe:a9fe]:80", "[fd00::5efe:a9fe:a9fe]:80"}) {
    EXPECT_NE(judge.objection(at(address), false), "") << address;
  }
}

TEST(AddressAccess, F087_the_default_reaches_no_metadata_service_and_nothing_local) {
  const AddressAccess judge{AddressList(config::Origins{}.deny_addresses), is_local};
  for (const auto* address : {"169.254.169.254:80",
                              "169.254.170.2:80",
                              "100.100.100.200:80",
                              "168.63.129.16:80",
                              "192.0.0.192:80",
                              "[fd00:ec2::254]:80",
                              "[fd00:ec2::23]:80",
                              "[fd20:ce::254]:80",
                              "[fd00:c1::a9fe:a9fe]:80",
                              "[fd00:42::42]:80",
                              "[fd00:a9fe:a9fe::1]:80",
                              "[fd00:100::100:200]:80",
                              "[fe80::a9fe:a9fe]:80",
                              "127.0.0.1:80",
                              "127.255.255.255:80",
                              "0.0.0.0:80",
                              "0.1.2.3:80",
                              "[::]:80",
                              "[::1]:80",
                              "224.0.0.1:80",
                              "[ff05::2]:80",
                              "[64:ff9b::a9fe:a9fe]:80",
                              "[64:ff9b::6464:64c8]:80"}) {
    EXPECT_NE(judge.objection(at(address), false), "") << address;
  }
  for (const auto* address : {"10.0.0.1:443", "172.16.0.1:443", "192.168.1.1:443", "[fd12::1]:443",
                              "8.8.8.8:443", "100.64.0.1:443", "[2606:4700::1111]:443"}) {
    EXPECT_EQ(judge.objection(at(address), false), "") << address;
  }
}

TEST(AddressAccess, what_the_operator_has_named_is_not_denied) {
  EXPECT_EQ(access({"127.0.0.0/8"}).objection(at("127.0.0.1:443"), true), "");
}

TEST(AddressAccess, F055_what_this_daemon_listens_on_is_never_connected_to) {
  auto judge = access();
  judge.add_own(at("127.0.0.1:3000"));
  judge.add_own(at("[::1]:3000"));
  for (const bool vouched_for : {false, true}) {
    for (const auto* address : {"127.0.0.1:3000", "[::ffff:127.0.0.1]:3000", "0.0.0.0:3000",
                                "[::ffff:0.0.0.0]:3000", "[::1]:3000", "[::]:3000"}) {
      EXPECT_EQ(judge.objection(at(address), vouched_for), "this proxy itself listens there")
          << address;
    }
    for (const auto* address : {"127.0.0.1:3001", "127.0.0.2:3000", "192.0.2.1:3000"}) {
      EXPECT_EQ(judge.objection(at(address), vouched_for), "") << address;
    }
  }
}

TEST(AddressAccess, F055_a_listener_on_all_addresses_is_every_address_of_this_machine) {
  for (const auto* wildcard : {"0.0.0.0:3000", "[::]:3000"}) {
    auto judge = access();
    judge.add_own(at(wildcard));
    for (const auto* address : {"192.0.2.1:3000", "127.0.0.9:3000", "0.0.0.0:3000", "[::1]:3000",
                                "[::ffff:192.0.2.1]:3000"}) {
      EXPECT_NE(judge.objection(at(address), true), "") << wildcard << ' ' << address;
    }
    EXPECT_EQ(judge.objection(at("192.0.2.2:3000"), true), "") << "another machine";
    EXPECT_EQ(judge.objection(at("192.0.2.1:3001"), true), "") << "another port";
  }
}

TEST(IsLocalAddress, knows_loopback_and_what_stands_for_it) {
  for (const auto* address : {"127.0.0.1:80", "127.1.2.3:80", "0.0.0.0:80", "[::]:80",
                              "[::ffff:127.0.0.1]:80", "[::ffff:0.0.0.0]:80"}) {
    EXPECT_TRUE(is_local_address(at(address))) << address;
  }
  EXPECT_FALSE(is_local_address(at("192.0.2.55:80")));
  EXPECT_FALSE(is_local_address(at("[2001:db8::55]:80")));
}

}  // namespace
}  // namespace ccnproxy::origin
