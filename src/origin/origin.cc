#include "ccnproxy/origin/origin.h"

#include "ccnproxy/config/host_name.h"

namespace ccnproxy::origin {

std::string Origin::authority() const {
  const bool v6 = host.find(':') != host.npos;
  std::string text = v6 ? '[' + host + ']' : host;
  if (port != default_port(scheme)) text += ':' + std::to_string(port);
  return text;
}

std::string Origin::to_string() const {
  return (scheme == Scheme::https ? "https://" : "http://") + authority();
}

std::optional<Origin> Origin::parse(std::string_view text) {
  Origin origin;
  const bool secure = text.substr(0, 8) == "https://";
  if (!secure && text.substr(0, 7) != "http://") return std::nullopt;
  origin.scheme = secure ? Scheme::https : Scheme::http;
  const auto parts = config::split_host_port(text.substr(secure ? 8 : 7));
  if (!parts) return std::nullopt;
  const auto host = config::normalise_host(parts->host);
  origin.host = host.name;
  origin.port = parts->port != 0 ? parts->port : default_port(origin.scheme);
  if (!host.ok() || origin.to_string() != text) return std::nullopt;
  return origin;
}

}  // namespace ccnproxy::origin
