#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "ccnproxy/base/address_list.h"
#include "ccnproxy/base/ip_address.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

/// What an override exempts from `origins.deny_addresses` and `origins.allow_own_addresses`: the
/// address in `connect_to`, and those in `allow_addresses`. A name in `connect_to` exempts nothing:
/// where it leads is not the operator's word. Exempt is one port: that of `connect_to` or of
/// `match`, or else the scheme's default, never one that only the client has chosen (F156).
struct AddressExemption {
  std::string connect_host;
  std::uint16_t port = 0;  ///< 0: the default of the origin's scheme
  AddressList addresses;   ///< `allow_addresses`

  bool holds(const Endpoint& to, bool secure) const;
  /// Continues an objection that was made nevertheless: what is exempt, and which key changes it.
  /// Empty where the override says nothing of the kind.
  std::string hint() const;

  bool operator==(const AddressExemption&) const = default;
};

/// Where connections to an origin go if that is known without DNS: the address in `connect_to`, or
/// the origin's own host if that is one. `entry` is its override or null.
std::optional<Endpoint> literal_destination(std::string_view host, std::uint16_t port,
                                            const Override* entry);

/// Of an entry of `config.overrides`; null: none matches, and nothing is exempt.
AddressExemption exemption_of(const Config& config, const Override* entry);

}  // namespace ccnproxy::config
