#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/net/ip_address.h"

namespace ccnproxy {

/// A block of addresses that share their first bits (CIDR; RFC 4632 §3.1, RFC 4291 §2.3):
/// `10.0.0.0/8`, `fd00::/8`, or one address alone. A block of IPv4-mapped IPv6 addresses is the
/// block of these IPv4 addresses, whichever way it was written. A plain value.
class AddressRange {
 public:
  /// A block, or why the text is none.
  struct Parsed;
  static Parsed parse(std::string_view text);

  /// Whether the address, IPv4-mapped ones taken as the IPv4 address that they are, is in the
  /// block. Port and scope don't count.
  bool contains(const Endpoint& address) const noexcept;

 private:
  std::array<std::uint8_t, 16> bytes_{};  ///< of IPv4 only the first four
  int family_ = AF_UNSPEC;
  unsigned length_ = 0;  ///< of the prefix, in bits
};

struct AddressRange::Parsed {
  std::optional<AddressRange> range;
  std::string fault;  ///< completes "must be ..."; empty if it is one
};

}  // namespace ccnproxy
