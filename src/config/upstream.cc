#include "ccnproxy/config/upstream.h"

#include <algorithm>

#include "ccnproxy/config/address_exemption.h"
#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/host_pattern.h"
#include "ccnproxy/config/overrides.h"
#include "ccnproxy/net/address_list.h"
#include "ccnproxy/net/ip_address.h"

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

constexpr const char* wanted = "an origin, as in https://api.example.com";

/// What of a URL an origin does not have; empty if nothing. In the order in which a URL holds them.
std::string surplus_of(std::string_view text) {
  const auto end = text.find("://");
  if (end == text.npos) return "";
  const auto rest = text.substr(end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto path = rest.substr(authority_end);
  if (rest.substr(0, authority_end).find('@') != rest.npos) return "user information";
  if (path.find('#') != path.npos) return "a fragment";
  if (path.find('?') != path.npos) return "a query";
  return path.size() > 1 ? "a path" : "";
}

/// The first rule that matches, or null.
const std::string* find_rule(const std::vector<std::string>& rules, const HostPattern& upstream,
                             const std::vector<std::string>& carried = {}) {
  const auto matches = [&](const std::string& rule) {
    const auto pattern = parse_host_pattern(rule);
    if (!pattern) return false;
    const auto is_meant = [&](const std::string& host) {
      return !pattern->below && pattern->matches(host, upstream.port);
    };
    return pattern->matches(upstream.host, upstream.port) ||
           std::any_of(carried.begin(), carried.end(), is_meant);
  };
  const auto found = std::find_if(rules.begin(), rules.end(), matches);
  return found == rules.end() ? nullptr : &*found;
}

/// Why an upstream that is an address can't be connected to; empty if it can.
std::string fault_of_address(const Config& config, const HostPattern& upstream) {
  const auto* entry = find_override(config, upstream.host, upstream.port);
  const auto address = literal_destination(upstream.host, upstream.port, entry);
  if (!address) return "";
  const AddressList denied(config.origins.deny_addresses);
  const bool exempt =
      exemption_of(config, entry).holds(*address, config.upstream.starts_with("https://"));
  if (const auto* rule = exempt ? nullptr : denied.find_in_any_form(*address)) {
    return "is an address that no connection is made to: " + *rule +
           " of origins.deny_addresses denies it; take that out, or lead there by connect_to in an "
           "override";
  }
  const auto is_same = [&](const ListenAddress& own) {
    const auto listening = Endpoint::from_literal(own.host, own.port);
    return listening && listening->unmapped() == address->unmapped();
  };
  const bool ours = std::any_of(config.listeners.begin(), config.listeners.end(), is_same) ||
                    (config.admin.address && is_same(*config.admin.address));
  return ours ? "is an address that this proxy itself listens on" : "";
}

/// Why the upstream can't be asked for; empty if it can.
std::string fault_of_upstream(const Config& config) {
  const auto upstream = pattern_of_origin(config.upstream).value();
  if (const auto* rule = find_rule(config.origins.deny, upstream, carried_hosts(upstream.host)))
    return "names an origin that is denied: " + *rule + " of origins.deny denies it";
  if (find_rule(config.origins.allow, upstream) == nullptr)
    return "names an origin that is denied: no rule of origins.allow matches it";
  return fault_of_address(config, upstream);
}

}  // namespace

void read_upstream(Reading& reading, const YAML::Node& node, Config& config) {
  config.upstream.clear();
  const auto text = reading.scalar(node, wanted);
  if (!text || text->empty()) return;
  // A URL may hold a password: it is not repeated where that could be.
  const auto surplus = surplus_of(*text);
  if (surplus == "user information")
    return reading.mistake(node.Mark(), "must be an origin alone, without user information");
  if (!surplus.empty()) return reading.wrong_value(node, "an origin alone, without " + surplus);
  if (!take_warm_origin(*text, config.upstream)) reading.wrong_value(node, wanted);
}

std::vector<ConfigConflict> upstream_conflicts(const Config& config) {
  std::vector<ConfigConflict> all;
  if (config.upstream.empty()) return all;
  if (auto fault = fault_of_upstream(config); !fault.empty()) all.push_back({"upstream", fault});
  const Config defaults;
  constexpr const char* no_effect = "has no effect: everything goes to `upstream`";
  if (config.labels != defaults.labels) all.push_back({"labels", no_effect});
  if (config.port_in_host != defaults.port_in_host) all.push_back({"port_in_host", no_effect});
  if (config.upgrade != defaults.upgrade) all.push_back({"upgrade", no_effect});
  const auto& warm = config.warmth.warm;
  for (std::size_t i = 0; i < warm.size(); ++i) {
    if (!warm[i].empty() && warm[i] != config.upstream)
      all.push_back({"pool.warm[" + std::to_string(i) + ']',
                     "names an origin that is never asked for: everything goes to `upstream`"});
  }
  return all;
}

void validate_upstream(Reading& reading, const Config& config) {
  const auto has_failed = [&](const char* key) { return reading.failed(key); };
  constexpr const char* needed[] = {"upstream", "origins.allow", "origins.deny",
                                    "origins.deny_addresses"};
  if (std::any_of(std::begin(needed), std::end(needed), has_failed)) return;
  for (std::size_t i = 0; i < config.overrides.size(); ++i) {
    if (reading.failed("overrides[" + std::to_string(i) + "].allow_addresses")) return;
  }
  for (const auto& [key, what] : upstream_conflicts(config)) reading.mistake_in(key, what);
}

}  // namespace ccnproxy::config
