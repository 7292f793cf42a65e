#pragma once

#include <span>
#include <vector>

#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::origin {

/// The order in which the addresses of a name are tried (RFC 8305 §4 with a First Address Family
/// Count of 1): the families take turns, beginning with IPv6 if `v6_first` (see FamilyHealth) and
/// there is any. Within a family the order that DNS gave is kept, since that is how a name's owner
/// spreads load. An address that comes twice is tried once. Pure.
std::vector<Endpoint> order_addresses(std::span<const Endpoint> addresses, bool v6_first);

}  // namespace ccnproxy::origin
