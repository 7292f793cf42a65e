#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ccnproxy::config {

/// A normalised host, the form of all keys (RFC 9110 §4.2.3): lower case, no trailing dot, IPv6 in
/// its canonical text (RFC 5952) without brackets, an IPv4-mapped IPv6 address as IPv4. Or why the
/// text is not a host.
struct HostName {
  std::string name;        ///< empty if it is not a host
  std::string_view fault;  ///< a static text that completes "the host ..."; empty if it is one

  bool ok() const noexcept { return fault.empty(); }
};

/// A name of 1 to 253 bytes in labels of 1 to 63 letters, digits, `-` or `_`; an IPv4 address in
/// four plain decimal parts; or an IPv6 address in brackets. Trailing dots are dropped. What
/// inet_aton would also take for an address (0x7f.1, 2130706433, 0177.0.0.1) is refused, never
/// resolved (F089).
HostName normalise_host(std::string_view text);

/// Whether `text` is made of labels as in normalise_host; trailing dots are not accepted.
bool are_labels(std::string_view text) noexcept;

/// An IPv4 or IPv6 address, without brackets, in canonical text; nothing if it is not one.
std::optional<std::string> canonical_address(std::string_view text);

/// The IPv4 addresses, as text, that a host in normal form leads to if it is an IPv6 address with
/// one inside (carried_v4 in net/address_list.h): what is denied is denied in these forms, too.
std::vector<std::string> carried_hosts(std::string_view host);

/// 1..65535 in plain decimal digits, without a sign or a leading zero.
std::optional<std::uint16_t> parse_port(std::string_view text) noexcept;

/// `host[:port]` taken apart (RFC 9110 §4.2.1), nothing decoded or checked in the host. Views.
struct HostPort {
  std::string_view host;   ///< brackets kept
  std::uint16_t port = 0;  ///< 0: none, or an empty one (RFC 3986 §3.2.3)
};
/// Nothing if the port is not one.
std::optional<HostPort> split_host_port(std::string_view text) noexcept;

}  // namespace ccnproxy::config
