#include "ccnproxy/origin/origin.h"

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

}  // namespace ccnproxy::origin
