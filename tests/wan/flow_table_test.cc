#include "flow_table.h"

#include <array>

#include <gtest/gtest.h>

namespace ccnproxy::wan {
namespace {

constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kAck = 0x10;

using Packet = std::array<std::uint8_t, 40>;

/// A bare IPv4 TCP packet between 10.0.0.1 (side A) and 10.0.0.2 (side B).
Packet tcp(bool from_a, std::uint8_t port_a, std::uint8_t flags) {
  Packet packet{};
  packet[0] = 0x45;
  packet[9] = 6;
  packet[12] = packet[16] = 10;
  packet[15] = from_a ? 1 : 2;
  packet[19] = from_a ? 2 : 1;
  packet[from_a ? 21 : 23] = port_a;
  packet[from_a ? 23 : 21] = 80;
  packet[33] = flags;
  return packet;
}

TEST(FlowTable, passes_everything_until_told) {
  FlowTable flows;
  EXPECT_FALSE(flows.drops(tcp(true, 1, kSyn), true));
  EXPECT_FALSE(flows.drops(tcp(false, 1, kAck), false));
}

TEST(FlowTable, F007_known_flows_die_in_both_directions) {
  FlowTable flows;
  EXPECT_FALSE(flows.drops(tcp(true, 1, kSyn), true));
  flows.blackhole();
  EXPECT_TRUE(flows.drops(tcp(true, 1, kAck), true));
  EXPECT_TRUE(flows.drops(tcp(false, 1, kAck), false));
}

TEST(FlowTable, F007_new_flows_pass) {
  FlowTable flows;
  EXPECT_FALSE(flows.drops(tcp(true, 1, kSyn), true));
  flows.blackhole();
  EXPECT_FALSE(flows.drops(tcp(true, 2, kSyn), true));
  EXPECT_FALSE(flows.drops(tcp(false, 2, kAck), false));
  EXPECT_TRUE(flows.drops(tcp(true, 1, kAck), true));
}

TEST(FlowTable, a_second_blackhole_adds_to_the_first) {
  FlowTable flows;
  EXPECT_FALSE(flows.drops(tcp(true, 1, kSyn), true));
  flows.blackhole();
  EXPECT_FALSE(flows.drops(tcp(true, 2, kSyn), true));
  flows.blackhole();
  EXPECT_TRUE(flows.drops(tcp(true, 1, kAck), true));
  EXPECT_TRUE(flows.drops(tcp(true, 2, kAck), true));
}

TEST(FlowTable, a_new_connection_from_a_revives_its_ports_and_one_from_b_does_not) {
  FlowTable flows;
  EXPECT_FALSE(flows.drops(tcp(true, 1, kSyn), true));
  flows.blackhole();
  EXPECT_TRUE(flows.drops(tcp(false, 1, kSyn), false));
  EXPECT_FALSE(flows.drops(tcp(true, 1, kSyn), true));
  EXPECT_FALSE(flows.drops(tcp(false, 1, kAck), false));
}

TEST(FlowTable, passes_what_is_no_whole_tcp_packet) {
  FlowTable flows;
  Packet udp = tcp(true, 1, 0);
  udp[9] = 17;
  Packet six = tcp(true, 1, 0);
  six[0] = 0x60;
  Packet overlong = tcp(true, 1, 0);
  overlong[0] = 0x4f;  // a header of 60 bytes in a packet of 40
  const Packet whole = tcp(true, 1, 0);
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(flows.drops(udp, true));
    EXPECT_FALSE(flows.drops(six, true));
    EXPECT_FALSE(flows.drops(overlong, true));
    EXPECT_FALSE(flows.drops(std::span(whole).first(39), true));
    EXPECT_FALSE(flows.drops({}, true));
    flows.blackhole();
  }
}

}  // namespace
}  // namespace ccnproxy::wan
