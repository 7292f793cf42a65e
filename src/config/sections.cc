#include <utility>

#include "ccnproxy/config/host_name.h"
#include "ccnproxy/config/host_pattern.h"
#include "ccnproxy/config/listen_address.h"

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

// One that stands in each element of a list. That it has a value was seen when it was read.
void require_key(Reading& reading, const YAML::Node& map, const char* key) {
  if (map.IsNull() || (map.IsMap() && !map[key])) {
    reading.mistake(map.Mark(), std::string("needs the key `") + key + '`');
  }
}

void read_listener_address(Reading& reading, const YAML::Node& node, ListenAddress& address) {
  const auto text = reading.scalar(node, "an address and a port, as in 127.0.0.1:3000");
  if (!text) return;
  auto parsed = parse_listen_address(*text);
  if (!parsed.fault.empty()) return reading.wrong_value(node, parsed.fault);
  parsed.address.access = std::move(address.access);
  address = std::move(parsed.address);
}

const Fields<ListenAddress>& listener_fields() {
  static const Fields<ListenAddress> fields = [] {
    Fields<ListenAddress> all = {{"address", read_listener_address}};
    const auto access = lifted(&ListenAddress::access, socket_access_fields());
    all.insert(all.end(), access.begin(), access.end());
    return all;
  }();
  return fields;
}

bool take_match(const std::string& text, Override& entry) {
  auto pattern = normalise_host_pattern(text);
  if (!pattern) return false;
  entry.match = *std::move(pattern);
  return true;
}

// `host`, `host:port`, `[v6]` or `[v6]:port`.
bool take_connect_to(const std::string& text, Override& entry) {
  const auto parts = split_host_port(text);
  if (!parts) return false;
  auto host = normalise_host(parts->host);
  if (!host.ok()) return false;
  entry.connect_host = std::move(host.name);
  entry.connect_port = parts->port;
  return true;
}

void read_override(Reading& reading, const YAML::Node& node, Config& config) {
  Override entry;
  entry.pool = config.pool;
  entry.timeouts = config.timeouts;
  entry.tls = config.tls;
  entry.tcp = config.tcp;
  entry.hedging = config.hedging;
  entry.breaker = config.breaker;
  read_fields(reading, node, override_fields(), entry);
  require_key(reading, node, "match");
  config.overrides.push_back(std::move(entry));
}

bool is_label(const std::string& text) { return text.find('.') == text.npos && are_labels(text); }

}  // namespace

const Fields<Override>& override_fields() {
  static const Fields<Override> fields = {
      {"match", text_of<Override>("a host, *.suffix or *, with or without a port", take_match)},
      {"connect_to", text_of<Override>("a host, host:port or [v6]:port", take_connect_to)},
      allow_addresses_field(),
      section("pool", &Override::pool, pool_fields()),
      section("timeouts", &Override::timeouts, origin_timeouts_fields()),
      section("tls", &Override::tls, tls_fields()),
      section("tcp", &Override::tcp, tcp_fields()),
      section("hedging", &Override::hedging, hedging_fields()),
      section("breaker", &Override::breaker, breaker_fields()),
  };
  return fields;
}

bool take_warm_origin(const std::string& text, std::string& origin) {
  const bool secure = text.rfind("https://", 0) == 0;
  if (!secure && text.rfind("http://", 0) != 0) return false;
  std::string_view authority = std::string_view(text).substr(secure ? 8 : 7);
  if (!authority.empty() && authority.back() == '/') authority.remove_suffix(1);
  const auto parts = split_host_port(authority);
  if (!parts) return false;
  const auto host = normalise_host(parts->host);
  if (!host.ok()) return false;
  const bool v6 = host.name.find(':') != host.name.npos;
  origin = (secure ? "https://" : "http://") + (v6 ? '[' + host.name + ']' : host.name);
  if (parts->port != 0 && parts->port != (secure ? 443 : 80))
    origin += ':' + std::to_string(parts->port);
  return true;
}

void read_admin_address(Reading& reading, const YAML::Node& node, Admin& admin) {
  const auto text = reading.scalar(node, "an address and a port, unix:/path, or `none`");
  if (!text) return;
  if (*text == "none") return admin.address.reset();
  auto parsed = parse_listen_address(*text);
  if (!parsed.fault.empty()) return reading.wrong_value(node, parsed.fault);
  admin.address = std::move(parsed.address);
}

void read_listeners(Reading& reading, const YAML::Node& node, Config& config) {
  config.listeners.clear();
  reading.each_element(node, "a list of maps with the key `address`",
                       [&](std::size_t, const YAML::Node& element) {
                         ListenAddress address;
                         read_fields(reading, element, listener_fields(), address);
                         require_key(reading, element, "address");
                         config.listeners.push_back(std::move(address));
                       });
  if (node.IsSequence() && node.size() == 0)
    reading.mistake(node.Mark(), "must hold at least one listener");
}

void read_labels(Reading& reading, const YAML::Node& node, Config& config) {
  if (node.IsMap()) config.labels.clear();
  reading.each_pair(node, [&](const std::string& key, const YAML::Node& value) {
    const auto scheme = reading.scalar(value, "`https` or `http`");
    if (!scheme) return;
    if (*scheme != "https" && *scheme != "http")
      return reading.wrong_value(value, "`https` or `http`");
    if (!is_label(key))
      return reading.mistake(value.Mark(), "must be one label: letters, digits, - and _, no dot");
    std::string label = key;
    for (char& c : label) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (!config.labels.emplace(label, *scheme).second) {
      reading.mistake(value.Mark(), "stands here twice: case does not count");
    }
  });
}

void read_overrides(Reading& reading, const YAML::Node& node, Config& config) {
  if (node.IsNull()) return;
  // After all else, so that each entry lies over the general settings wherever they stand in the
  // file.
  reading.later([&reading, node, &config] {
    const Reading::Scope scope(reading, "overrides", node.Mark());
    reading.each_element(
        node, "a list of maps with the key `match`",
        [&](std::size_t, const YAML::Node& element) { read_override(reading, element, config); });
  });
}

}  // namespace ccnproxy::config
