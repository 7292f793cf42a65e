// `clients:` and `origins:`: the access control lists.

#include <algorithm>
#include <utility>

#include "ccnproxy/config/address_exemption.h"
#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/host_pattern.h"
#include "ccnproxy/net/address_list.h"
#include "ccnproxy/net/ip_address.h"

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

// Patterns are compared pairwise; a limit far above any real list bounds the time.
constexpr std::size_t max_rules = 5000;

// A list with an error text for each element: `take` returns what completes "must be ...", empty if
// the element is valid. A key without a value is an error: an empty list disables a protection or
// shuts out all clients, and has to be explicit.
template <class T>
Reader<T> rules(std::vector<std::string> T::*member, const std::string& wanted,
                std::string (*take)(const std::string& text, std::string& rule)) {
  return [=](Reading& reading, const YAML::Node& node, T& target) {
    (target.*member).clear();
    bool all_right = true;
    reading.each_element(node, wanted, [&](std::size_t, const YAML::Node& value) {
      const auto text = reading.scalar(value, "one word");
      std::string rule;
      const auto fault = text ? take(*text, rule) : "";
      if (!fault.empty()) reading.wrong_value(value, fault);
      all_right = all_right && text && fault.empty();
      (target.*member).push_back(std::move(rule));
    });
    if (!all_right) reading.fail();
  };
}

std::string take_block(const std::string& text, std::string& rule) {
  rule = text;
  return AddressRange::parse(text).fault;
}

std::string take_denied_block(const std::string& text, std::string& rule) {
  rule = text;
  if (text == multicast_word) return "";
  auto fault = AddressRange::parse(text).fault;
  const bool is_name = !fault.empty() && normalise_host_pattern(text);
  return is_name ? "a block of addresses or `multicast` (names belong into origins.deny)" : fault;
}

std::string take_pattern(const std::string& text, std::string& rule) {
  auto normal = normalise_host_pattern(text);
  if (normal) {
    rule = *std::move(normal);
    return "";
  }
  const bool is_block = text.find('/') != text.npos && AddressRange::parse(text).fault.empty();
  return is_block ? "a name or one address (blocks of addresses belong into origins.deny_addresses)"
                  : "a host, *.suffix or *, with or without a port";
}

std::string element(const char* list, std::size_t index) {
  return std::string(list) + '[' + std::to_string(index) + ']';
}

/// The rules of `origins.deny`, taken apart once.
class DenyRules {
 public:
  DenyRules(const Reading& reading, const std::vector<std::string>& texts) : reading_(reading) {
    for (const auto& text : texts) patterns_.push_back(parse_host_pattern(text).value());
  }

  /// "`RULE` in line N of origins.deny", of the first rule that leaves nothing of `pattern`.
  std::optional<std::string> what_denies(const HostPattern& pattern) const {
    const auto carried = pattern.below ? std::vector<std::string>{} : carried_hosts(pattern.host);
    const auto denies = [&](const HostPattern& rule) {
      return rule.covers(pattern) ||
             std::any_of(carried.begin(), carried.end(), [&](const auto& host) {
               return !rule.below && rule.covers({host, false, pattern.port});
             });
    };
    const auto found = std::find_if(patterns_.begin(), patterns_.end(), denies);
    if (found == patterns_.end()) return std::nullopt;
    const auto index = static_cast<std::size_t>(found - patterns_.begin());
    return "line " + std::to_string(reading_.line_of(element("origins.deny", index))) +
           " of origins.deny";
  }

 private:
  const Reading& reading_;
  std::vector<HostPattern> patterns_;
};

void check_clients(Reading& reading, const Config& config) {
  const bool has_unix = std::any_of(config.listeners.begin(), config.listeners.end(),
                                    [](const auto& l) { return !l.unix_path.empty(); });
  const bool is_said = reading.given("clients.allow") && !reading.failed("clients.allow");
  if (is_said && config.clients.allow.empty() && !has_unix) {
    reading.mistake_in("clients.allow",
                       "is empty, and no listener is a unix socket: no client could be served");
  }
}

bool check_sizes(Reading& reading, const Origins& origins) {
  const auto fits = [&](const char* key, const std::vector<std::string>& list) {
    if (list.size() <= max_rules) return true;
    reading.mistake_in(key, "holds more than " + std::to_string(max_rules) + " rules");
    return false;
  };
  const bool allow = fits("origins.allow", origins.allow);
  const bool deny = fits("origins.deny", origins.deny);
  return fits("origins.deny_addresses", origins.deny_addresses) && allow && deny;
}

// A rule that can never do what it says was meant for something.
void check_rules(Reading& reading, const Config& config, const DenyRules& deny) {
  const auto& allow = config.origins.allow;
  if (allow.empty() && reading.given("origins.allow"))
    reading.mistake_in("origins.allow", "allows no origin at all; `\"*\"` allows every one");
  for (std::size_t i = 0; i < allow.size(); ++i) {
    const auto denied_by = deny.what_denies(parse_host_pattern(allow[i]).value());
    if (!denied_by) continue;
    if (!reading.given("origins.allow")) return reading.mistake_in("origins.deny", "denies all");
    reading.mistake_in(element("origins.allow", i),
                       "allows nothing: " + *denied_by + " denies all that it matches");
  }
}

void check_overrides(Reading& reading, const Config& config, const DenyRules& deny) {
  for (std::size_t i = 0; i < config.overrides.size(); ++i) {
    const auto pattern = parse_host_pattern(config.overrides[i].match);
    const auto denied_by = pattern ? deny.what_denies(*pattern) : std::nullopt;
    if (!denied_by) continue;
    reading.mistake_in(element("overrides", i) + ".match",
                       "is never used: " + *denied_by + " denies all that it matches");
  }
}

void check_warm(Reading& reading, const Config& config, const DenyRules& deny) {
  std::vector<HostPattern> allow;
  for (const auto& text : config.origins.allow) allow.push_back(parse_host_pattern(text).value());
  for (std::size_t i = 0; i < config.warmth.warm.size(); ++i) {
    const auto origin = pattern_of_origin(config.warmth.warm[i]);
    if (!origin) continue;
    const auto path = element("pool.warm", i);
    const bool allowed = std::any_of(allow.begin(), allow.end(),
                                     [&](const auto& rule) { return rule.covers(*origin); });
    if (const auto denied_by = deny.what_denies(*origin)) {
      reading.mistake_in(path, "names an origin that is denied: " + *denied_by);
    } else if (!allowed) {
      reading.mistake_in(path,
                         "names an origin that is denied: no rule of origins.allow "
                         "matches it");
    }
  }
}

bool is_localhost(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

bool is_ours(const Config& config, const Override& entry) {
  const auto target = Endpoint::from_literal(entry.connect_host, entry.connect_port);
  if (!target || entry.connect_port == 0) return false;
  const auto is_same = [&](const ListenAddress& own) {
    const auto listening = Endpoint::from_literal(own.host, own.port);
    return listening && listening->unmapped() == target->unmapped();
  };
  return std::any_of(config.listeners.begin(), config.listeners.end(), is_same) ||
         (config.admin.address && is_same(*config.admin.address));
}

// What connect_to looks like an exemption of, and is not.
void warn_of_targets(Reading& reading, const Config& config) {
  const AddressList denied(config.origins.deny_addresses);
  const auto is_denied = [&](const Endpoint& to) { return denied.find_in_any_form(to) != nullptr; };
  for (std::size_t i = 0; i < config.overrides.size(); ++i) {
    const auto& entry = config.overrides[i];
    const auto path = element("overrides", i) + ".connect_to";
    const bool has_failed =
        reading.failed(path) || reading.failed(element("overrides", i) + ".allow_addresses");
    if (entry.connect_host.empty() || has_failed) continue;
    const auto there = Endpoint::from_literal(entry.connect_host, entry.connect_port);
    if (there && is_denied(*there) && exemption_of(config, &entry).port == 0) {
      reading.warn_in(path,
                      "is exempt from origins.deny_addresses on the default port of the "
                      "request's scheme only; to lead to another port give it here");
    }
    if (is_localhost(entry.connect_host) && entry.allow_addresses.empty() &&
        is_denied(*Endpoint::from_literal("127.0.0.1", 0))) {
      reading.warn_in(path,
                      "is a name, which exempts no address from origins.deny_addresses; give "
                      "the address, as in 127.0.0.1:8443, or allow_addresses beside it");
    }
  }
}

void check_targets(Reading& reading, const Config& config) {
  for (std::size_t i = 0; i < config.overrides.size(); ++i) {
    const auto path = element("overrides", i) + ".connect_to";
    if (reading.failed(path) || !is_ours(config, config.overrides[i])) continue;
    reading.mistake_in(path, "is an address that this proxy itself listens on");
  }
}

// A rule that denies an address means the place, which a name leads to as well.
void warn_of_addresses(Reading& reading, const Origins& origins) {
  const AddressList denied(origins.deny_addresses);
  for (std::size_t i = 0; i < origins.deny.size(); ++i) {
    const auto pattern = parse_host_pattern(origins.deny[i]).value();
    const auto address = Endpoint::from_literal(pattern.host, pattern.port);
    if (pattern.below || !address || denied.find_in_any_form(*address) != nullptr) continue;
    reading.warn_in(element("origins.deny", i),
                    "denies requests that name this address, not names that lead there; to make "
                    "no connection to it put " +
                        std::string(pattern.host) + " into origins.deny_addresses, too");
  }
}

}  // namespace

std::optional<HostPattern> pattern_of_origin(std::string_view origin) {
  const bool secure = origin.starts_with("https://");
  if (!secure && !origin.starts_with("http://")) return std::nullopt;
  const auto pattern = parse_host_pattern(origin.substr(secure ? 8 : 7));
  if (!pattern) return std::nullopt;
  const std::uint16_t usual = secure ? 443 : 80;
  return HostPattern{pattern->host, false, pattern->port != 0 ? pattern->port : usual};
}

const Field<Override>& allow_addresses_field() {
  static const Field<Override> field = {
      "allow_addresses",
      rules(&Override::allow_addresses, "a list of blocks of addresses ([] for none)", take_block)};
  return field;
}

const Fields<Clients>& clients_fields() {
  static const Fields<Clients> fields = {
      {"allow", rules(&Clients::allow, "a list of blocks of addresses", take_block)}};
  return fields;
}

const Fields<Origins>& origins_fields() {
  static const Fields<Origins> fields = {
      {"allow", rules(&Origins::allow, "a list of hosts", take_pattern)},
      {"deny", rules(&Origins::deny, "a list of hosts ([] for none)", take_pattern)},
      {"deny_addresses", rules(&Origins::deny_addresses,
                               "a list of blocks of addresses ([] for none)", take_denied_block)},
      flag("allow_own_addresses", &Origins::allow_own_addresses),
  };
  return fields;
}

void validate_acls(Reading& reading, const Config& config) {
  check_clients(reading, config);
  check_targets(reading, config);
  if (!reading.failed("origins.deny_addresses")) warn_of_targets(reading, config);
  if (reading.failed("origins.allow") || reading.failed("origins.deny")) return;
  if (!check_sizes(reading, config.origins)) return;
  if (!reading.failed("origins.deny_addresses")) warn_of_addresses(reading, config.origins);
  const DenyRules deny(reading, config.origins.deny);
  check_rules(reading, config, deny);
  check_overrides(reading, config, deny);
  check_warm(reading, config, deny);
}

}  // namespace ccnproxy::config
