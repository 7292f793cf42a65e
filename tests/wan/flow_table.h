#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <set>
#include <span>

namespace ccnproxy::wan {

/// The TCP over IPv4 flows seen on the link. Told to, it drops every flow known so far, in both
/// directions and without a FIN or RST, while new flows pass: what a NAT or firewall does that has
/// lost its state. A SYN from side A revives its flow (the ports were used again).
class FlowTable {
 public:
  /// Whether this packet is to be dropped. Remembers its flow. Anything but TCP over IPv4 passes.
  bool drops(std::span<const std::uint8_t> packet, bool from_a);

  /// From now on every flow seen so far is dropped.
  void blackhole();

 private:
  /// Addresses and ports as side A sees them: its own first.
  struct Flow {
    std::uint32_t address_a = 0;
    std::uint32_t address_b = 0;
    std::uint16_t port_a = 0;
    std::uint16_t port_b = 0;
    auto operator<=>(const Flow&) const = default;
  };

  std::set<Flow> seen_;
  std::set<Flow> dead_;
};

}  // namespace ccnproxy::wan
