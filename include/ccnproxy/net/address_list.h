#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ccnproxy/net/address_range.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy {

/// What an entry of an AddressList may be besides a block of addresses: 224.0.0.0/4 and ff00::/8.
inline constexpr std::string_view multicast_word = "multicast";

/// A list of address blocks in the order of the configuration; the first match counts. Built once,
/// then only read.
class AddressList {
 public:
  AddressList() = default;
  /// Throws std::invalid_argument if one of the texts is neither a block nor `multicast`.
  explicit AddressList(const std::vector<std::string>& texts);

  bool empty() const noexcept { return texts_.empty(); }
  /// Equal texts in equal order.
  bool operator==(const AddressList& other) const noexcept { return texts_ == other.texts_; }
  /// The text of the first entry that contains this address, or null. IPv4-mapped addresses are
  /// matched as IPv4; other embedded addresses are not extracted: for allow lists.
  const std::string* find(const Endpoint& address) const noexcept;
  /// As find(), also for the IPv4 addresses that this one may embed (see carried_v4): for deny
  /// lists.
  const std::string* find_in_any_form(const Endpoint& address) const;

 private:
  std::vector<std::string> texts_;
  std::vector<std::pair<AddressRange, std::size_t>> ranges_;  ///< with the index of their text
};

/// The IPv4 addresses that packets to this IPv6 address end at, or may, after a translator or the
/// end of a tunnel: IPv4-mapped, -compatible and -translated addresses (RFC 4291 §2.5.5, RFC 2765
/// §2.1), NAT64 (RFC 6052, RFC 8215), 6to4 (RFC 3056), Teredo (RFC 4380), ISATAP (RFC 5214). None
/// for any other address. A network's own NAT64 prefix can't be told from other addresses.
std::vector<Endpoint> carried_v4(const Endpoint& address);

}  // namespace ccnproxy
