#include "ccnproxy/admin/config_yaml.h"

#include <charconv>
#include <cstdio>

#include "yaml_text.h"

namespace ccnproxy::admin {
namespace {

std::string share(double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed);
  return {digits, end.ptr};
}

void write_pool(YamlText& yaml, const config::Pool& pool) {
  yaml.number("max_connections", pool.max_connections).number("max_pending", pool.max_pending);
  yaml.number("min_ready", pool.min_ready)
      .number("max_idle", pool.max_idle)
      .duration("keep_warm", pool.keep_warm);
  yaml.word("spare", share(pool.spare)).duration("max_age", pool.max_age);
  yaml.word("ping", pool.ping ? "auto" : "off");
}

void write_origin_timeouts(YamlText& yaml, const config::Timeouts& timeouts) {
  yaml.duration("dns", timeouts.dns).duration("connect", timeouts.connect);
  yaml.duration("tls", timeouts.tls).duration("response_head", timeouts.response_head);
  yaml.duration("body_idle", timeouts.body_idle);
}

void write_tls(YamlText& yaml, const config::Tls& tls) {
  yaml.text("ca_file", tls.ca_file);
  yaml.text("min_version", tls.min_version == config::TlsVersion::tls12 ? "1.2" : "1.3");
  yaml.list("alpn", tls.alpn);
  tls.groups.empty() ? yaml.word("groups", "auto") : yaml.list("groups", tls.groups);
  yaml.text("certificate", tls.certificate).text("key", tls.key);
  yaml.text("server_name", tls.server_name).flag("verify", tls.verify);
}

void write_tcp(YamlText& yaml, const config::Tcp& tcp) {
  yaml.text("congestion_control", tcp.congestion_control);
  if (!tcp.min_rto || tcp.min_rto->count() == 0) {
    yaml.word("min_rto", tcp.min_rto ? "system" : "auto");
  } else {
    yaml.duration("min_rto", *tcp.min_rto);
  }
  yaml.number("bulk_connections", tcp.bulk_connections);
}

void write_hedging(YamlText& yaml, const config::Hedging& hedging) {
  yaml.begin("hedging").flag("enabled", hedging.enabled);
  if (hedging.after) {
    yaml.duration("after", *hedging.after);
  } else {
    yaml.word("after", "p95");
  }
  char budget[32];
  std::snprintf(budget, sizeof budget, "%g%%", hedging.budget);
  yaml.word("budget", budget).end();
}

void write_breaker(YamlText& yaml, const config::Breaker& breaker) {
  yaml.begin("breaker").number("failures", breaker.failures);
  yaml.duration("probe", breaker.probe).duration("probe_max", breaker.probe_max).end();
}

/// They mean nothing to other addresses, and may not stand there.
void write_socket_access(YamlText& yaml, const config::SocketAccess& access,
                         std::uint32_t default_mode) {
  char octal[8];
  std::snprintf(octal, sizeof octal, "%04o", access.mode.value_or(default_mode));
  yaml.word("mode", octal).text("owner", access.owner).text("group", access.group);
}

void write_listeners(YamlText& yaml, const config::Config& config) {
  yaml.begin("listeners");
  for (const auto& listener : config.listeners) {
    yaml.begin_element().text("address", listener.to_string());
    if (!listener.unix_path.empty())
      write_socket_access(yaml, listener.access, config::listener_socket_mode);
    yaml.end();
  }
  yaml.end();
  yaml.begin("admin");
  const auto& address = config.admin.address;
  address ? yaml.text("address", address->to_string()) : yaml.word("address", "none");
  yaml.list("hosts", config.admin.hosts);
  if (address && !address->unix_path.empty())
    write_socket_access(yaml, config.admin.access, config::admin_socket_mode);
  yaml.end();
}

void write_routing(YamlText& yaml, const config::Config& config) {
  yaml.begin("labels");
  for (const auto& [label, scheme] : config.labels) yaml.word(yaml_string(label), scheme);
  yaml.end();
  const auto port = config.port_in_host;
  yaml.word("port_in_host", port == config::PortInHost::automatic ? "auto"
                            : port == config::PortInHost::origin  ? "origin"
                                                                  : "ignore");
  yaml.list("upgrade", config.upgrade);
  yaml.word("expect_continue",
            config.expect_continue == config::ExpectContinue::local ? "local" : "origin");
  yaml.word("via", config.via == config::Via::append ? "append" : "none");
  yaml.word("field_case",
            config.field_case == config::FieldCase::canonical ? "canonical" : "as_received");
  yaml.flag("tunnel_upgrades", config.tunnel_upgrades);
  yaml.text("request_id_header", config.request_id_header);
}

void write_access(YamlText& yaml, const config::Config& config) {
  yaml.begin("clients").list("allow", config.clients.allow).end();
  yaml.begin("origins").list("allow", config.origins.allow).list("deny", config.origins.deny);
  yaml.list("deny_addresses", config.origins.deny_addresses);
  yaml.flag("allow_own_addresses", config.origins.allow_own_addresses).end();
}

void write_pools(YamlText& yaml, const config::Config& config) {
  yaml.begin("pool");
  write_pool(yaml, config.pool);
  yaml.list("warm", config.warmth.warm).text("state_file", config.warmth.state_file);
  yaml.end().begin("retries").number("attempts", config.retries.attempts);
  yaml.size("replay_bytes", config.retries.replay_bytes).end();
}

void write_timeouts(YamlText& yaml, const config::Timeouts& timeouts) {
  yaml.begin("timeouts").duration("client_head", timeouts.client_head);
  yaml.duration("client_idle", timeouts.client_idle);
  yaml.duration("client_write", timeouts.client_write);
  write_origin_timeouts(yaml, timeouts);
  yaml.duration("tunnel_idle", timeouts.tunnel_idle);
  yaml.duration("drain", timeouts.drain).end();
}

void write_limits(YamlText& yaml, const config::Limits& limits) {
  yaml.begin("limits").size("head_bytes", limits.head_bytes).number("headers", limits.headers);
  yaml.size("target_bytes", limits.target_bytes).size("body_bytes", limits.body_bytes);
  yaml.number("clients", limits.clients);
  yaml.number("clients_per_address", limits.clients_per_address);
  yaml.number("min_rate", limits.min_rate).size("memory", limits.memory);
  yaml.number("origins", limits.origins);
  yaml.number("origin_connections", limits.origin_connections).end();
}

void write_dns(YamlText& yaml, const config::Dns& dns) {
  yaml.begin("dns");
  dns.servers.empty() ? yaml.word("servers", "system") : yaml.list("servers", dns.servers);
  yaml.duration("min_ttl", dns.min_ttl).duration("max_ttl", dns.max_ttl);
  yaml.duration("stale", dns.stale).end();
}

std::string connect_to(const config::Override& entry) {
  const bool v6 = entry.connect_host.find(':') != std::string::npos;
  std::string text = v6 ? '[' + entry.connect_host + ']' : entry.connect_host;
  if (entry.connect_port != 0) text += ':' + std::to_string(entry.connect_port);
  return text;
}

void write_overrides(YamlText& yaml, const std::vector<config::Override>& overrides) {
  if (overrides.empty()) {
    yaml.list("overrides", {});
    return;
  }
  yaml.begin("overrides");
  for (const auto& entry : overrides) {
    yaml.begin_element(entry.match).text("match", entry.match);
    if (!entry.connect_host.empty()) yaml.text("connect_to", connect_to(entry));
    if (!entry.allow_addresses.empty()) yaml.list("allow_addresses", entry.allow_addresses);
    yaml.begin("pool");
    write_pool(yaml, entry.pool);
    yaml.end().begin("timeouts");
    write_origin_timeouts(yaml, entry.timeouts);
    yaml.end().begin("tls");
    write_tls(yaml, entry.tls);
    yaml.end().begin("tcp");
    write_tcp(yaml, entry.tcp);
    yaml.end();
    write_hedging(yaml, entry.hedging);
    write_breaker(yaml, entry.breaker);
    yaml.end();
  }
  yaml.end();
}

std::vector<std::string> names_of(const std::vector<config::LoggedHeader>& headers) {
  std::vector<std::string> names;
  for (const auto& header : headers) names.push_back(header.name);
  return names;
}

void write_log(YamlText& yaml, const config::Log& log) {
  yaml.begin("log").word("level", log.level).begin("access");
  yaml.text("to", log.access.to);
  yaml.word("format", log.access.format == config::AccessFormat::ltsv ? "ltsv" : "json");
  yaml.duration("rotate_every", log.access.rotate_every).number("keep", log.access.keep);
  yaml.flag("query", log.access.query);
  yaml.list("request_headers", names_of(log.access.request_headers));
  yaml.list("response_headers", names_of(log.access.response_headers)).end().end();
}

YamlText write(const config::Config& config) {
  YamlText yaml;
  write_listeners(yaml, config);
  yaml.text("pid_file", config.pid_file);
  config.workers == 0 ? yaml.word("workers", "auto") : yaml.number("workers", config.workers);
  yaml.duration("coalesce", config.coalesce);
  write_routing(yaml, config);
  write_access(yaml, config);
  write_pools(yaml, config);
  write_timeouts(yaml, config.timeouts);
  write_limits(yaml, config.limits);
  yaml.begin("tls");
  write_tls(yaml, config.tls);
  yaml.end().begin("tcp");
  write_tcp(yaml, config.tcp);
  yaml.end();
  write_hedging(yaml, config.hedging);
  write_breaker(yaml, config.breaker);
  write_dns(yaml, config.dns);
  write_overrides(yaml, config.overrides);
  yaml.text("upstream", config.upstream);
  write_log(yaml, config.log);
  return yaml;
}

}  // namespace

std::string config_yaml(const config::Config& config) { return write(config).take(); }

std::vector<ConfigEntry> config_entries(const config::Config& config) {
  return write(config).take_entries();
}

}  // namespace ccnproxy::admin
