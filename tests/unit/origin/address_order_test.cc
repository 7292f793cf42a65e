#include "origin/address_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ccnproxy/origin/family_health.h"

namespace ccnproxy::origin {
namespace {

using std::chrono::minutes;
using testing::ElementsAre;

std::vector<std::string> ordered(std::initializer_list<const char*> texts, bool v6_first) {
  std::vector<Endpoint> addresses;
  for (const auto* text : texts) addresses.push_back(Endpoint::from_literal(text, 443).value());
  std::vector<std::string> result;
  for (const auto& address : order_addresses(addresses, v6_first)) {
    result.push_back(address.to_string());
  }
  return result;
}

TEST(AddressOrder, families_take_turns_beginning_with_ipv6) {
  EXPECT_THAT(
      ordered({"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"}, true),
      ElementsAre("[2001:db8::1]:443", "192.0.2.1:443", "[2001:db8::2]:443", "192.0.2.2:443"));
}

TEST(AddressOrder, F051_begins_with_ipv4_where_ipv6_was_seen_failing) {
  EXPECT_THAT(ordered({"2001:db8::1", "2001:db8::2", "192.0.2.1"}, false),
              ElementsAre("192.0.2.1:443", "[2001:db8::1]:443", "[2001:db8::2]:443"));
}

TEST(AddressOrder, F050_keeps_all_addresses_in_the_order_that_dns_gave) {
  EXPECT_THAT(ordered({"192.0.2.3", "192.0.2.1", "192.0.2.2"}, true),
              ElementsAre("192.0.2.3:443", "192.0.2.1:443", "192.0.2.2:443"));
  EXPECT_THAT(ordered({"2001:db8::2", "2001:db8::1"}, false),
              ElementsAre("[2001:db8::2]:443", "[2001:db8::1]:443"));
}

TEST(AddressOrder, tries_an_address_that_comes_twice_once) {
  EXPECT_THAT(ordered({"192.0.2.1", "2001:db8::1", "192.0.2.1", "2001:db8::1"}, true),
              ElementsAre("[2001:db8::1]:443", "192.0.2.1:443"));
  EXPECT_THAT(ordered({}, true), ElementsAre());
}

TEST(AddressOrder, the_same_address_with_another_port_is_another_place) {
  const std::vector<Endpoint> two = {Endpoint::from_literal("192.0.2.1", 443).value(),
                                     Endpoint::from_literal("192.0.2.1", 8443).value()};
  EXPECT_EQ(order_addresses(two, true), two);
}

TEST(FamilyHealth, F051_forgets_an_ipv6_failure_after_a_while_or_a_success) {
  const TimePoint start{minutes(1)};
  FamilyHealth health;
  EXPECT_TRUE(health.is_v6_first(start));
  health.note_v6_failed(start);
  EXPECT_FALSE(health.is_v6_first(start + FamilyHealth::memory - Duration(1)));
  EXPECT_TRUE(health.is_v6_first(start + FamilyHealth::memory));
  health.note_v6_failed(start);
  health.note_v6_connected();
  EXPECT_TRUE(health.is_v6_first(start));
}

}  // namespace
}  // namespace ccnproxy::origin
