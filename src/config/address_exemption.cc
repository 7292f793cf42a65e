#include "ccnproxy/config/address_exemption.h"

#include <algorithm>

#include "ccnproxy/config/host_pattern.h"

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

constexpr std::uint16_t https_port = 443;
constexpr std::uint16_t http_port = 80;

bool is_same_address(const Endpoint& a, const Endpoint& b) {
  const auto x = a.unmapped(), y = b.unmapped();
  return std::ranges::equal(x.bytes(), y.bytes());
}

/// The port that the configuration itself gives to an override's origins; 0 if it leaves it open.
std::uint16_t named_port(const Config& config, const Override& entry) {
  if (entry.connect_port != 0) return entry.connect_port;
  if (const auto match = parse_host_pattern(entry.match); match && match->port != 0)
    return match->port;
  if (config.upstream.empty()) return 0;
  return pattern_of_origin(config.upstream).value().port;
}

}  // namespace

bool AddressExemption::holds(const Endpoint& to, bool secure) const {
  const auto usual = secure ? https_port : http_port;
  if (to.port() != (port != 0 ? port : usual)) return false;
  const auto target = Endpoint::from_literal(connect_host, 0);
  return (target && is_same_address(*target, to)) || addresses.find(to) != nullptr;
}

std::string AddressExemption::hint() const {
  if (connect_host.empty() && addresses.empty()) return {};
  const auto on_port = port != 0 ? "port " + std::to_string(port) : "the scheme's default port";
  if (connect_host.empty())
    return "; allow_addresses of its override exempts only what it lists, on " + on_port;
  if (Endpoint::from_literal(connect_host, 0))
    return "; connect_to of its override exempts only " + connect_host + " on " + on_port;
  return "; connect_to of its override is a name, which exempts no address: allow_addresses beside "
         "it does, on " +
         on_port;
}

std::optional<Endpoint> literal_destination(std::string_view host, std::uint16_t port,
                                            const Override* entry) {
  if (entry == nullptr || entry->connect_host.empty()) return Endpoint::from_literal(host, port);
  return Endpoint::from_literal(entry->connect_host,
                                entry->connect_port != 0 ? entry->connect_port : port);
}

AddressExemption exemption_of(const Config& config, const Override* entry) {
  if (entry == nullptr) return {};
  return {entry->connect_host, named_port(config, *entry), AddressList(entry->allow_addresses)};
}

}  // namespace ccnproxy::config
