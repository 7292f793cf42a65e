#include "bind_fault.h"

#include <cerrno>
#include <cstring>

#include <unistd.h>

namespace ccnproxy::daemon {
namespace {

std::string in_use(const config::ListenAddress& address, const std::string& owner) {
  const bool tcp = address.unix_path.empty();
  const std::string by = !owner.empty() ? " by " + owner
                         : tcp          ? " (ss -ltnp, as root, shows by which process)"
                                        : " (ss -lxp, as root, shows by which process)";
  return address.to_string() + " is in use" + by + "; stop that process or choose another " +
         (tcp ? "port" : "path");
}

std::string not_permitted(const config::ListenAddress& address) {
  if (!address.unix_path.empty())
    return address.to_string() + " can't be made: user " + std::to_string(::geteuid()) +
           " may not write to its folder";
  return address.to_string() +
         ": a port below net.ipv4.ip_unprivileged_port_start (1024 unless changed) needs "
         "CAP_NET_BIND_SERVICE, which the packaged unit has; or choose a higher port";
}

}  // namespace

std::string explain_bind_error(const config::ListenAddress& address, int error,
                               const std::string& owner) {
  switch (error) {
    case EADDRINUSE:
      return in_use(address, owner);
    case EACCES:
    case EPERM:
      return not_permitted(address);
    case EADDRNOTAVAIL:
      return address.to_string() + ": this machine has no address " + address.host +
             " (ip address shows those it has); " +
             (address.host.find(':') == std::string::npos ? "0.0.0.0" : "[::]") +
             " stands for all of them";
    case EAFNOSUPPORT:
      return address.to_string() + ": this machine has no IPv6; choose an IPv4 address";
    case EEXIST:
      return address.to_string() +
             ": something else than a socket stands there already; move it away or choose another "
             "path";
    case EPROTOTYPE:
      return address.to_string() + ": a socket of another kind stands there; choose another path";
    default:
      return address.to_string() + " can't be listened on: " + std::strerror(error);
  }
}

}  // namespace ccnproxy::daemon
