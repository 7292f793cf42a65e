#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/config/config.h"
#include "ccnproxy/net/address_list.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::config {

/// The exemption of an override from `origins.deny_addresses` and `origins.allow_own_addresses`:
/// the address in `connect_to`, and those in `allow_addresses`. A name in `connect_to` exempts
/// nothing, because the operator does not decide what it resolves to. It holds for one port: that
/// of `connect_to` or of `match`, or else the scheme's default, never one that only the client
/// chose (F156).
struct AddressExemption {
  std::string connect_host;
  std::uint16_t port = 0;  ///< 0: the default of the origin's scheme
  AddressList addresses;   ///< `allow_addresses`

  bool holds(const Endpoint& to, bool secure) const;
  /// Text to append to an objection: what is exempt, and which key changes it. Empty if the
  /// override exempts nothing.
  std::string hint() const;

  bool operator==(const AddressExemption&) const = default;
};

/// The address that connections to an origin go to, if it is known without DNS: the one in
/// `connect_to`, or the origin's own host if that is an address. `entry` is its override or null.
std::optional<Endpoint> literal_destination(std::string_view host, std::uint16_t port,
                                            const Override* entry);

/// The exemption of an entry of `config.overrides`; none if `entry` is null.
AddressExemption exemption_of(const Config& config, const Override* entry);

}  // namespace ccnproxy::config
