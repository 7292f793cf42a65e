#include "ccnproxy/net/address_list.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace ccnproxy {
namespace {

Endpoint at(std::string_view address) { return Endpoint::from_literal(address, 443).value(); }

std::vector<std::string> carried(std::string_view address) {
  std::vector<std::string> texts;
  for (const auto& endpoint : carried_v4(at(address))) {
    const auto text = endpoint.to_string();
    texts.push_back(text.substr(0, text.rfind(':')));
  }
  return texts;
}

TEST(CarriedV4, F089_finds_the_address_behind_the_address) {
  using Texts = std::vector<std::string>;
  const std::vector<std::pair<std::string_view, Texts>> table = {
      {"::ffff:169.254.169.254", {"169.254.169.254"}},
      {"::169.254.169.254", {"169.254.169.254"}},
      {"::ffff:0:169.254.169.254", {"169.254.169.254"}},
      {"64:ff9b::a9fe:a9fe", {"169.254.169.254"}},
      {"2002:a9fe:a9fe::1", {"169.254.169.254"}},
      {"2001::5601:5601", {"0.0.0.0", "169.254.169.254"}},
      {"2001:0:4136:e378:8000:63bf:3fff:fdd2", {"65.54.227.120", "192.0.2.45"}},
      {"2001:db8::5efe:10.0.0.1", {"10.0.0.1"}},
      {"fe80::200:5efe:10.0.0.1", {"10.0.0.1"}},
      {"64:ff9b:1::a9fe:a9fe", {"169.254.169.254"}},                     // a prefix of 96 bits
      {"64:ff9b:1:0:a9:fea9:fe00:0", {"169.254.169.254", "254.0.0.0"}},  // 64
      {"64:ff9b:1:a9fe:a9:fe00::", {"169.254.169.254", "254.169.254.0", "169.254.0.0"}},  // 48
      {"64:ff9b:1:a9:fe:a9fe::", {"169.254.169.254", "254.169.254.0"}},                   // 56
      {"2606:4700::1111", {}},
      {"2001:db8::1", {}},
      {"64:ff9c::7f00:1", {}},
      {"fd00:ec2::254", {}},
      {"127.0.0.1", {}},
  };
  for (const auto& [address, wanted] : table) {
    const auto found = carried(address);
    for (const auto& one : wanted) {
      EXPECT_NE(std::find(found.begin(), found.end(), one), found.end())
          << address << " carries " << one << ", not " << ::testing::PrintToString(found);
    }
    EXPECT_EQ(found.empty(), wanted.empty()) << address;
  }
}

TEST(AddressList, finds_the_first_entry_as_it_was_written) {
  const AddressList list({"10.0.0.0/8", "multicast", "10.1.0.0/16", "FD00::/8"});
  EXPECT_EQ(*list.find(at("10.1.2.3")), "10.0.0.0/8");
  EXPECT_EQ(*list.find(at("224.0.0.1")), "multicast");
  EXPECT_EQ(*list.find(at("239.255.255.255")), "multicast");
  EXPECT_EQ(*list.find(at("ff02::1")), "multicast");
  EXPECT_EQ(*list.find(at("fd12::1")), "FD00::/8");
  EXPECT_EQ(list.find(at("11.0.0.1")), nullptr);
  EXPECT_EQ(list.find(at("240.0.0.1")), nullptr);
  EXPECT_FALSE(list.empty());
  EXPECT_TRUE(AddressList().empty());
  EXPECT_EQ(AddressList().find_in_any_form(at("127.0.0.1")), nullptr);
}

TEST(AddressList, F089_only_lists_of_what_is_denied_look_into_addresses) {
  const AddressList list({"127.0.0.0/8"});
  for (const auto* address : {"::ffff:127.0.0.1", "127.0.0.1"}) {
    EXPECT_NE(list.find(at(address)), nullptr) << address;
    EXPECT_NE(list.find_in_any_form(at(address)), nullptr) << address;
  }
  for (const auto* address : {"64:ff9b::7f00:1", "2002:7f00:1::", "::7f00:1"}) {
    EXPECT_EQ(list.find(at(address)), nullptr) << address << ": would let a stranger in";
    EXPECT_NE(list.find_in_any_form(at(address)), nullptr) << address;
  }
}

// What an ordinary network with NAT64 connects to every day.
TEST(AddressList, public_addresses_behind_a_translator_are_not_denied) {
  const AddressList list({"0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "::/128", "::1/128",
                          "fe80::/10", "multicast"});
  for (const auto* address :
       {"64:ff9b::808:808", "64:ff9b:1::808:808", "64:ff9b:1:aaaa::8.8.8.8", "2002:808:808::1",
        "::ffff:8.8.8.8", "2606:4700::1111", "2001:4860:4860::8888"}) {
    EXPECT_EQ(list.find_in_any_form(at(address)), nullptr) << address;
  }
}

TEST(AddressList, what_is_no_block_is_an_error) {
  EXPECT_THROW(AddressList({"10.0.0.0/8", "x"}), std::invalid_argument);
}

}  // namespace
}  // namespace ccnproxy
