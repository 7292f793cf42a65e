#include "ccnproxy/origin/address_acl.h"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy::origin {
namespace {

constexpr std::uint16_t any_port = 9;  // nothing is sent

/// 0.0.0.0 and ::, which connect() takes for loopback.
bool is_unspecified(const Endpoint& address) noexcept {
  const auto bytes = address.bytes();
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t b) { return b == 0; });
}

bool is_v4_loopback(const Endpoint& address) noexcept {
  return address.is_v4() && address.bytes()[0] == 127;
}

/// A listener on 127.0.0.1 is also reached by 0.0.0.0, one on ::1 by ::.
Endpoint as_connected(const Endpoint& address) {
  if (!is_unspecified(address)) return address;
  return *Endpoint::from_literal(address.is_v4() ? "127.0.0.1" : "::1", address.port());
}

bool is_loopback(const Endpoint& address) noexcept {
  if (!address.is_v6()) return is_v4_loopback(address);
  const auto bytes = address.bytes();
  return std::all_of(bytes.begin(), bytes.end() - 1, [](auto b) { return b == 0; }) &&
         bytes.back() == 1;
}

/// The address that the kernel would send from; the address itself where no socket can be had.
Endpoint source_towards(const Endpoint& address) {
  const UniqueFd fd(::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd) return errno == EAFNOSUPPORT ? Endpoint() : address;
  if (::connect(fd.get(), address.data(), address.size()) < 0) return {};
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&storage), &size) < 0) return {};
  return Endpoint::from(reinterpret_cast<sockaddr*>(&storage), size).with_port(0);
}

}  // namespace

/// From one of its own addresses to itself a machine sends from that very address.
bool is_local_address(const Endpoint& address) {
  const auto plain = address.unmapped();
  if (is_unspecified(plain) || is_v4_loopback(plain)) return true;
  const auto source = source_towards(plain.with_port(any_port));
  const auto there = plain.bytes();
  const auto here = source.bytes();
  return source.family() == plain.family() && std::equal(there.begin(), there.end(), here.begin());
}

bool AddressAcl::is_own(const Endpoint& to) const {
  const auto place = as_connected(to.unmapped());
  return std::any_of(own_.begin(), own_.end(), [&](const Endpoint& own) {
    if (own.port() != place.port()) return false;
    if (is_unspecified(own)) return is_local_(place);
    const auto a = own.bytes();
    const auto b = place.bytes();
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  });
}

/// Without what stands for loopback, in the form itself or inside of it.
bool AddressAcl::is_of_this_machine(const Endpoint& to) const {
  const auto is_ours = [&](const Endpoint& address) {
    return !is_unspecified(address) && !is_loopback(address) && is_local_(address);
  };
  const auto carried = carried_v4(to);
  return is_ours(to.unmapped()) || std::any_of(carried.begin(), carried.end(), is_ours);
}

std::string AddressAcl::objection(const Endpoint& to, bool vouched_for) const {
  if (is_own(to)) return "this proxy itself listens there";
  if (vouched_for) return {};
  const auto* rule = denied_.find_in_any_form(to);
  if (rule != nullptr) {
    return "denied by " + *rule +
           " in origins.deny_addresses of this proxy's configuration; only connect_to in an "
           "override leads there";
  }
  if (own_addresses_ == OwnAddresses::allowed || !is_of_this_machine(to)) return {};
  return "an address of this proxy's own machine, which origins.allow_own_addresses: false denies; "
         "connect_to in an override leads there";
}

}  // namespace ccnproxy::origin
