#include "flow_table.h"

#include <utility>

namespace ccnproxy::wan {
namespace {

constexpr std::size_t kMinIpHeader = 20;
constexpr std::size_t kMinTcpHeader = 20;
constexpr std::uint8_t kProtocolTcp = 6;
constexpr std::uint8_t kFlagSyn = 0x02;

using Bytes = std::span<const std::uint8_t>;

std::uint16_t read16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

std::uint32_t read32(Bytes bytes, std::size_t at) {
  return static_cast<std::uint32_t>(read16(bytes, at)) << 16 | read16(bytes, at + 2);
}

/// The TCP segment in an IPv4 packet; empty where there is none or it is cut short.
Bytes tcp_segment(Bytes packet) {
  if (packet.size() < kMinIpHeader || packet[0] >> 4 != 4 || packet[9] != kProtocolTcp) return {};
  const std::size_t header = (packet[0] & 0x0fu) * 4u;
  if (header < kMinIpHeader || packet.size() < header + kMinTcpHeader) return {};
  return packet.subspan(header);
}

}  // namespace

bool FlowTable::drops(Bytes packet, bool from_a) {
  const Bytes segment = tcp_segment(packet);
  if (segment.empty()) return false;
  Flow flow{read32(packet, 12), read32(packet, 16), read16(segment, 0), read16(segment, 2)};
  if (!from_a) {
    std::swap(flow.address_a, flow.address_b);
    std::swap(flow.port_a, flow.port_b);
  }
  if (dead_.contains(flow)) {
    const bool opens = from_a && (segment[13] & kFlagSyn) != 0;
    if (!opens) return true;
    dead_.erase(flow);
  }
  seen_.insert(flow);
  return false;
}

void FlowTable::blackhole() { dead_.merge(std::exchange(seen_, {})); }

}  // namespace ccnproxy::wan
