#include "ccnproxy/origin/address_acl.h"

#include <filesystem>
#include <fstream>
#include <set>

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

AddressAcl access(const std::vector<std::string>& denied = {}) {
  return AddressAcl(AddressList(denied), is_local);
}

TEST(AddressAcl, F087_says_which_rule_denies) {
  const auto judge = access({"127.0.0.0/8", "multicast"});
  EXPECT_EQ(judge.objection(at("127.0.0.1:443"), false),
            "denied by 127.0.0.0/8 in origins.deny_addresses of this proxy's configuration; only "
            "connect_to in an override leads there");
  EXPECT_THAT(judge.objection(at("[ff02::1]:443"), false), HasSubstr("denied by multicast in"));
  EXPECT_EQ(judge.objection(at("8.8.8.8:443"), false), "");
}

TEST(AddressAcl, F089_every_form_of_an_address_is_denied) {
  const auto judge = access({"169.254.0.0/16"});
  for (const auto* address :
       {"169.254.169.254:80", "[::ffff:169.254.169.254]:80", "[::169.254.169.254]:80",
        "[64:ff9b::a9fe:a9fe]:80", "[64:ff9b:1::a9fe:a9fe]:80", "[2002:a9fe:a9fe::]:80",
        "[2001::5601:5601]:80", "[::ffff:0:a9fe:a9fe]:80", "[fd00::5efe:a9fe:a9fe]:80"}) {
    EXPECT_NE(judge.objection(at(address), false), "") << address;
  }
}

TEST(AddressAcl, F087_the_default_reaches_no_metadata_service_and_nothing_local) {
  const AddressAcl judge{AddressList(config::Origins{}.deny_addresses), is_local};
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

/// The table in docs/access.md: the block, and whether it is denied by default. Rows that are
/// judged by the IPv4 address inside have another word.
std::vector<std::pair<std::string, std::string>> documented_blocks() {
  std::ifstream page(std::filesystem::path(__FILE__).parent_path() / "../../../docs/access.md");
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `")) continue;
    const auto end = line.find('`', 3);
    const auto verdict = line.rfind("| ", line.rfind(" |") - 1) + 2;
    rows.emplace_back(line.substr(3, end - 3),
                      line.substr(verdict, line.find_first_of(" :,|", verdict) - verdict));
  }
  return rows;
}

TEST(AddressAcl, F144_special_addresses_are_denied_as_the_page_says) {
  const config::Origins defaults;
  const AddressAcl judge{AddressList(defaults.deny_addresses), is_local};
  const auto rows = documented_blocks();
  int denied = 0, allowed = 0;
  for (const auto& [block, verdict] : rows) {
    const auto address = Endpoint::from_literal(block.substr(0, block.find('/')), 443);
    if (!address || (verdict != "denied" && verdict != "allowed")) continue;
    ++(verdict == "denied" ? denied : allowed);
    EXPECT_EQ(judge.objection(*address, false).empty(), verdict == "allowed") << block;
  }
  EXPECT_GE(denied, 15);
  EXPECT_GE(allowed, 10);
  for (const auto& entry : defaults.deny_addresses) {
    const auto has = std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
      return row.first == entry && row.second == "denied";
    });
    EXPECT_TRUE(has || entry == multicast_word) << entry << " is not on the page";
  }
}

TEST(AddressAcl, F144_the_default_reaches_nothing_of_the_special_purpose_registries) {
  const AddressAcl judge{AddressList(config::Origins{}.deny_addresses), is_local};
  for (const auto* address : {"240.0.0.1:443",
                              "250.1.2.3:443",
                              "255.255.255.255:443",
                              "255.255.255.254:80",
                              "[::ffff:255.255.255.255]:443",
                              "[64:ff9b::f000:1]:443",
                              "[::ffff:240.0.0.1]:443",
                              "192.0.0.8:443",
                              "192.0.0.170:443",
                              "192.88.99.1:443",
                              "[100::1]:443",
                              "[100:0:0:1::1]:443",
                              "[2001:2::1]:443",
                              "[2001:10::1]:443",
                              "[2001:1ff::1]:443",
                              "[2001::1]:443",
                              "[2002:808:808::1]:443",
                              "[5f00::1]:443",
                              "[fec0::1]:443",
                              "[feff::1]:443"}) {
    EXPECT_NE(judge.objection(at(address), false), "") << address;
  }
  for (const auto* address :
       {"239.255.255.255:1", "223.255.255.254:443", "192.0.1.1:443", "192.88.98.1:443",
        "198.18.0.1:443", "203.0.113.10:443", "[2001:200::1]:443", "[2001:4860:4860::8888]:443",
        "[2003::1]:443", "[2001:db8::10]:443", "[64:ff9b::808:808]:443", "[2600::1]:443"}) {
    const bool is_multicast = std::string(address).starts_with("239.");
    EXPECT_EQ(judge.objection(at(address), false).empty(), !is_multicast) << address;
  }
}

/// The machine has 10.1.2.3, 2001:db8::7 and loopback; a test may change that.
class OwnInterfaces : public ::testing::Test {
 protected:
  AddressAcl access(OwnAddresses own, const std::vector<std::string>& denied = {}) {
    return AddressAcl(
        AddressList(denied), [this](const Endpoint& to) { return has(to); }, own);
  }
  bool has(const Endpoint& to) const {
    const auto text = to.unmapped().with_port(0).to_string();
    return text.starts_with("127.") || text.starts_with("[::1]") || addresses.contains(text);
  }
  std::set<std::string> addresses = {"10.1.2.3:0", "[2001:db8::7]:0"};
};

TEST_F(OwnInterfaces, F157_are_not_connected_to_on_any_port) {
  const auto judge = access(OwnAddresses::denied);
  for (const auto* address :
       {"10.1.2.3:443", "10.1.2.3:22", "[2001:db8::7]:443", "[::ffff:10.1.2.3]:80",
        "[64:ff9b::a01:203]:443", "[2002:a01:203::1]:443"}) {
    EXPECT_EQ(judge.objection(at(address), false),
              "an address of this proxy's own machine, which origins.allow_own_addresses: false "
              "denies; connect_to in an override leads there")
        << address;
    EXPECT_EQ(judge.objection(at(address), true), "") << "exempt: " << address;
  }
  EXPECT_EQ(judge.objection(at("10.1.2.4:443"), false), "") << "a neighbour";
}

TEST_F(OwnInterfaces, F157_loopback_is_a_matter_of_deny_addresses) {
  const auto judge = access(OwnAddresses::denied);
  for (const auto* address : {"127.0.0.1:443", "[::1]:443", "0.0.0.0:443", "[::]:443"})
    EXPECT_EQ(judge.objection(at(address), false), "") << address;
}

TEST_F(OwnInterfaces, F157_may_be_allowed_but_never_a_listener_of_the_daemon) {
  auto judge = access(OwnAddresses::allowed);
  judge.add_own(at("10.1.2.3:3000"));
  EXPECT_EQ(judge.objection(at("10.1.2.3:443"), false), "");
  EXPECT_NE(judge.objection(at("10.1.2.3:3000"), false), "");
  EXPECT_NE(judge.objection(at("10.1.2.3:3000"), true), "");
}

TEST_F(OwnInterfaces, F157_are_those_of_this_moment) {
  const auto judge = access(OwnAddresses::denied);
  EXPECT_EQ(judge.objection(at("10.9.9.9:443"), false), "");
  addresses.insert("10.9.9.9:0");
  EXPECT_NE(judge.objection(at("10.9.9.9:443"), false), "");
  addresses.erase("10.9.9.9:0");
  EXPECT_EQ(judge.objection(at("10.9.9.9:443"), false), "");
}

TEST_F(OwnInterfaces, F157_the_entry_of_the_list_is_told_first) {
  EXPECT_THAT(access(OwnAddresses::denied, {"10.0.0.0/8"}).objection(at("10.1.2.3:443"), false),
              HasSubstr("denied by 10.0.0.0/8"));
}

TEST(AddressAcl, what_the_operator_has_named_is_not_denied) {
  EXPECT_EQ(access({"127.0.0.0/8"}).objection(at("127.0.0.1:443"), true), "");
}

TEST(AddressAcl, F055_what_this_daemon_listens_on_is_never_connected_to) {
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

TEST(AddressAcl, F055_a_listener_on_all_addresses_is_every_address_of_this_machine) {
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
