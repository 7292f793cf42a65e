#include "validate_listeners.h"

#include <algorithm>
#include <filesystem>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace ccnproxy::config {
namespace {

// Each is compared with all before it: far more than there are in use end the check.
constexpr std::size_t max_listeners = 1000;

struct Named {
  std::string key;
  ListenAddress address;
  std::string path;  ///< of a unix socket, in one spelling
  bool admin = false;
};

std::string plain_path(const std::string& path) {
  return path.empty() ? "" : std::filesystem::path(path).lexically_normal().string();
}

std::vector<Named> all_of(const Config& config) {
  std::vector<Named> all;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& address = config.listeners[i];
    all.push_back(
        {"listeners[" + std::to_string(i) + "].address", address, plain_path(address.unix_path)});
  }
  if (const auto& admin = config.admin.address)
    all.push_back({"admin.address", *admin, plain_path(admin->unix_path), true});
  return all;
}

bool is_v6(const ListenAddress& address) { return address.host.find(':') != address.host.npos; }

bool is_wildcard(const ListenAddress& address) {
  return address.host == "0.0.0.0" || address.host == "::";
}

/// Whether the kernel lets only one of both be bound. Our sockets of IPv6 take no IPv4.
bool clash(const Named& one, const Named& other) {
  const auto& a = one.address;
  const auto& b = other.address;
  if (!one.path.empty() || !other.path.empty()) return one.path == other.path;
  if (a.port != b.port || a.port == 0 || is_v6(a) != is_v6(b)) return false;
  return a.host == b.host || is_wildcard(a) || is_wildcard(b);
}

/// Why nothing can listen there on any machine; empty if something can.
std::string fault_of_v4(const in_addr& address, const ListenAddress& listen) {
  const std::uint32_t bits = ntohl(address.s_addr);
  if (IN_MULTICAST(bits)) return "must be an address of this machine, not a multicast one";
  if (bits == INADDR_BROADCAST) return "must be an address of this machine, not the broadcast one";
  const bool this_network = bits != INADDR_ANY && bits >> 24 == 0;
  return this_network ? "must be an address of this machine, not " + listen.host : "";
}

std::string fault_of_v6(const in6_addr& address, const ListenAddress& listen) {
  if (IN6_IS_ADDR_MULTICAST(&address))
    return "must be an address of this machine, not a multicast one";
  if (IN6_IS_ADDR_LINKLOCAL(&address))
    return "is a link-local address, which needs an interface; write another address of this "
           "machine";
  if (!IN6_IS_ADDR_V4MAPPED(&address)) return "";
  const auto v4 = listen.host.substr(std::min(listen.host.rfind(':') + 1, listen.host.size()));
  return "is an IPv4 address in IPv6's form; write " +
         ListenAddress{v4, listen.port, ""}.to_string();
}

std::string fault_of(const ListenAddress& listen) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, listen.host.c_str(), &v4) == 1) return fault_of_v4(v4, listen);
  if (inet_pton(AF_INET6, listen.host.c_str(), &v6) == 1) return fault_of_v6(v6, listen);
  return "";
}

/// `second` stands after `first`.
ConfigConflict explain(const Named& first, const Named& second, bool admin_given) {
  const auto there = first.address.to_string();
  const auto here = second.address.to_string();
  if (!second.admin) {
    if (first.address == second.address) return {second.key, "listens a second time on " + here};
    return {second.key, "listens a second time: " + here + " and " + there + " (" + first.key +
                            ") can't both be open; keep one, or give one another " +
                            (second.address.unix_path.empty() ? "port" : "path")};
  }
  if (admin_given)
    return {second.key, "is where a listener is already: " + here + " against " + there + " (" +
                            first.key + "); give the admin endpoint an address of its own"};
  return {first.key, "is where the admin endpoint is by default: " + there + " against " + here +
                         "; give one of them another port, or set admin.address to none"};
}

}  // namespace

std::vector<ConfigConflict> listener_conflicts(const Config& config, bool admin_given) {
  std::vector<ConfigConflict> found;
  if (config.listeners.size() > max_listeners)
    return {{"listeners", "holds more than " + std::to_string(max_listeners) + " addresses"}};
  const auto all = all_of(config);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (auto fault = fault_of(all[i].address); !fault.empty())
      found.push_back({all[i].key, std::move(fault)});
    for (std::size_t before = 0; before < i; ++before) {
      if (!clash(all[before], all[i])) continue;
      found.push_back(explain(all[before], all[i], admin_given));
      break;
    }
  }
  return found;
}

}  // namespace ccnproxy::config
