#include "ccnproxy/config/listen_address.h"

#include <sys/un.h>

#include "ccnproxy/config/host_name.h"

namespace ccnproxy::config {
namespace {

constexpr std::string_view unix_prefix = "unix:";
constexpr std::size_t max_unix_path = sizeof(sockaddr_un::sun_path) - 1;

ParsedAddress parse_unix(std::string_view path) {
  if (!path.starts_with('/') || path.size() == 1) return {{}, "`unix:` and an absolute path"};
  if (path.size() > max_unix_path)
    return {{}, "a socket path of at most " + std::to_string(max_unix_path) + " bytes"};
  return {{"", 0, std::string(path)}, ""};
}

std::string_view without_brackets(std::string_view host) {
  const bool bracketed = host.size() > 2 && host.starts_with('[') && host.ends_with(']');
  return bracketed ? host.substr(1, host.size() - 2) : host;
}

}  // namespace

std::string ListenAddress::to_string() const {
  if (!unix_path.empty()) return std::string(unix_prefix) + unix_path;
  const bool v6 = host.find(':') != host.npos;
  return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

ParsedAddress parse_listen_address(std::string_view text) {
  if (text.starts_with(unix_prefix)) return parse_unix(text.substr(unix_prefix.size()));
  const std::size_t colon = text.rfind(':');
  const std::string_view port_text = colon == text.npos ? "" : text.substr(colon + 1);
  const auto port = port_text == "0" ? std::optional<std::uint16_t>(0) : parse_port(port_text);
  if (!port)
    return {
        {},
        "an address and a port from 0 to 65535, as in 127.0.0.1:3000 or [::1]:3000, or unix:/path"};
  const std::string_view host = text.substr(0, colon);
  const auto address = canonical_address(without_brackets(host));
  const bool v6 = address && address->find(':') != address->npos;
  if (!address || v6 != host.starts_with('[')) {
    return {{},
            "an IPv4 address or an IPv6 address in brackets, not a name (all addresses: 0.0.0.0 or "
            "[::])"};
  }
  return {{*address, *port, ""}, ""};
}

}  // namespace ccnproxy::config
