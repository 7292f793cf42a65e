#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ccnproxy/net/address_list.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::origin {

/// Whether this machine would take a connection to the address itself: it is one of its own, or
/// stands for one (127.0.0.0/8, 0.0.0.0, ::). Asks the kernel's routing, so that an address that
/// came or went a moment ago counts; sends nothing. True where the kernel can't be asked for lack
/// of descriptors.
bool is_local_address(const Endpoint& address);

/// Whether connections may be made to the addresses of this machine's interfaces
/// (`origins.allow_own_addresses`). Those of loopback are a matter of `origins.deny_addresses`.
enum class OwnAddresses : std::uint8_t { denied, allowed };

/// Which addresses connections to origins may be made to: none of `origins.deny_addresses`, none of
/// this machine's own, and never one that this daemon itself listens on, in any form that an
/// address can be written in. Judges what is given to connect(), at each connect(), so that neither
/// DNS nor a name can change between check and use.
///
/// Filled while starting, on one thread; from then on read by all.
class AddressAcl {
 public:
  using IsLocal = std::function<bool(const Endpoint&)>;

  explicit AddressAcl(AddressList denied, IsLocal is_local = is_local_address,
                      OwnAddresses own_addresses = OwnAddresses::allowed)
      : denied_(std::move(denied)), is_local_(std::move(is_local)), own_addresses_(own_addresses) {}

  /// An address that this daemon listens on; of 0.0.0.0 and :: every one of this machine.
  void add_own(const Endpoint& listening) { own_.push_back(listening.unmapped()); }

  /// Why no connection may be made to `to`; empty if it may. `vouched_for`: an override exempts the
  /// place (config::AddressExemption), which counts for more than all but the daemon's listeners.
  std::string objection(const Endpoint& to, bool vouched_for) const;

 private:
  bool is_own(const Endpoint& to) const;
  bool is_of_this_machine(const Endpoint& to) const;

  AddressList denied_;
  IsLocal is_local_;
  OwnAddresses own_addresses_;
  std::vector<Endpoint> own_;
};

}  // namespace ccnproxy::origin
