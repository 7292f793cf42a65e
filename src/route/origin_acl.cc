#include "ccnproxy/route/origin_acl.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "ccnproxy/config/address_exemption.h"
#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/host_pattern.h"
#include "ccnproxy/config/overrides.h"
#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::route {
namespace {

AclDecision denied(ErrorType type, std::string rule, std::string reason) {
  return {false, std::move(rule), type, std::move(reason)};
}

}  // namespace

HostRules::HostRules(const std::vector<std::string>& texts) : texts_(texts) {
  for (std::size_t i = 0; i < texts_.size(); ++i) {
    const auto pattern = config::parse_host_pattern(texts_[i]);
    if (!pattern) throw std::invalid_argument("not a host pattern: " + texts_[i]);
    auto& rules = pattern->host.empty() ? all_
                  : pattern->below      ? below_[std::string(pattern->host)]
                                        : exact_[std::string(pattern->host)];
    rules.push_back({pattern->port, i});
  }
}

const std::string* HostRules::find_in(const Rules& rules, std::uint16_t port) const {
  const auto fits = [&](const Rule& rule) { return rule.port == 0 || rule.port == port; };
  const auto found = std::find_if(rules.begin(), rules.end(), fits);
  return found == rules.end() ? nullptr : &texts_[found->text];
}

const std::string* HostRules::find_in(const ByHost& rules, std::string_view host,
                                      std::uint16_t port) const {
  const auto found = rules.find(host);
  return found == rules.end() ? nullptr : find_in(found->second, port);
}

const std::string* HostRules::find(std::string_view host, std::uint16_t port) const {
  if (const auto* rule = find_in(exact_, host, port)) return rule;
  auto dot = below_.empty() ? host.npos : host.find('.');
  for (; dot != host.npos; dot = host.find('.', dot + 1)) {
    if (const auto* rule = find_in(below_, host.substr(dot + 1), port)) return rule;
  }
  return find_in(all_, port);
}

const std::string* HostRules::find_in_any_form(std::string_view host, std::uint16_t port) const {
  if (const auto* rule = find(host, port)) return rule;
  if (exact_.empty()) return nullptr;  // no other rule is about an address
  for (const auto& carried : config::carried_hosts(host)) {
    if (const auto* rule = find_in(exact_, carried, port)) return rule;
  }
  return nullptr;
}

OriginAcl::OriginAcl(const config::Config& config)
    : config_(config),
      allow_(config.origins.allow),
      deny_(config.origins.deny),
      deny_addresses_(config.origins.deny_addresses) {}

AclDecision OriginAcl::judge(const origin::Origin& origin) const {
  if (!config_.upstream.empty() && origin.to_string() != config_.upstream) {
    return denied(ErrorType::http_request_denied, "",
                  origin.to_string() + " may not be asked for: everything goes to the upstream, " +
                      config_.upstream);
  }
  if (const auto* rule = deny_.find_in_any_form(origin.host, origin.port)) {
    return denied(ErrorType::http_request_denied, *rule,
                  origin.to_string() + " may not be asked for: it is denied by " + *rule +
                      " in origins.deny of this proxy's configuration; take that out to allow it");
  }
  const auto* rule = allow_.find(origin.host, origin.port);
  if (rule == nullptr) {
    return denied(ErrorType::http_request_denied, "",
                  origin.to_string() +
                      " may not be asked for: nothing in origins.allow of this proxy's "
                      "configuration matches it; add " +
                      origin.host + " there to allow it");
  }
  return judge_address(origin, {true, *rule, {}, {}});
}

/// An origin that is an address, or is led to one, need not get a pool and a dial only to be
/// refused.
AclDecision OriginAcl::judge_address(const origin::Origin& origin, AclDecision so_far) const {
  const auto* entry = config::find_override(config_, origin.host, origin.port);
  const auto address = config::literal_destination(origin.host, origin.port, entry);
  const auto* rule = address ? deny_addresses_.find_in_any_form(*address) : nullptr;
  if (rule == nullptr) return so_far;
  const auto exemption = config::exemption_of(config_, entry);
  if (exemption.holds(*address, origin.scheme == origin::Scheme::https)) return so_far;
  const bool is_led = entry != nullptr && !entry->connect_host.empty();
  return denied(
      ErrorType::destination_ip_prohibited, *rule,
      origin.to_string() + " may not be connected to" +
          (is_led ? " at " + address->to_string() : "") + ": it is denied by " + *rule +
          " in origins.deny_addresses of this proxy's configuration; only connect_to in an "
          "override leads there" +
          exemption.hint());
}

}  // namespace ccnproxy::route
