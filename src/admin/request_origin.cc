#include "ccnproxy/admin/request_origin.h"

#include <algorithm>

#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/host_pattern.h"

namespace ccnproxy::admin {

bool is_host_allowed(std::string_view host, const std::vector<std::string>& patterns) {
  const auto parts = config::split_host_port(host);
  if (!parts) return false;
  const auto name = config::normalise_host(parts->host);
  if (!name.ok()) return false;
  if (name.name == "localhost" || config::canonical_address(name.name)) return true;
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& text) {
    const auto pattern = config::parse_host_pattern(text);
    return pattern && pattern->matches(name.name, 0);
  });
}

bool is_from_web_page(std::string_view origin, std::string_view sec_fetch_site) {
  return !origin.empty() || (!sec_fetch_site.empty() && sec_fetch_site != "none");
}

std::string take_authority(std::string& target) {
  constexpr std::string_view schemes[] = {"http://", "https://"};
  for (const auto scheme : schemes) {
    if (!target.starts_with(scheme)) continue;
    const auto end = std::min(target.find_first_of("/?#", scheme.size()), target.size());
    auto authority = target.substr(scheme.size(), end - scheme.size());
    target.erase(0, end);
    if (!target.starts_with('/')) target.insert(0, 1, '/');
    return authority;
  }
  return {};
}

}  // namespace ccnproxy::admin
