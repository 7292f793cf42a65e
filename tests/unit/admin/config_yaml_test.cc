#include "ccnproxy/admin/config_yaml.h"

#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "ccnproxy/config/loader.h"
#include "ccnproxy/config/schema.h"

#include "fakes/temp_dir.h"

namespace ccnproxy::admin {
namespace {

using config::Config;

std::string mistakes_of(const config::Loaded& loaded) {
  std::string all;
  for (const auto& mistake : loaded.mistakes) all += mistake.to_string() + '\n';
  return all;
}

Config load(const std::string& text) {
  auto loaded = config::load_text(text, "f");
  EXPECT_EQ(mistakes_of(loaded), "") << text;
  return std::move(loaded.config);
}

/// A file with another value than the default for every key.
std::string every_key() {
  return R"(
listeners: [{address: "0.0.0.0:1"}, {address: "[::1]:2"},
            {address: "unix:/run/with \"quotes\" and space", mode: 0666, owner: root, group: "12"}]
admin: {address: "unix:/run/admin.sock", hosts: [a.svc, "*.nodes.test"], mode: 0640, owner: "7", group: root}
pid_file: /run/x.pid
workers: 7
coalesce: 1.234us
labels: {one: https, "123": http, "true": http}
port_in_host: ignore
upgrade: ["*.amazonaws.com", a.test]
expect_continue: origin
via: append
field_case: as_received
tunnel_upgrades: true
request_id_header: X-Id
clients: {allow: [192.0.2.0/24, "2001:db8::/32"]}
origins: {allow: ["*.test", "*:8443"], deny: ["x.test:1"], deny_addresses: [multicast, "::1"],
          allow_own_addresses: true}
pool: {max_connections: 8, max_pending: 9, min_ready: 3, max_idle: 4, keep_warm: 90s, spare: 0.1, max_age: 61m, ping: "off",
       warm: ["https://a.test:8443", "http://b.test"], state_file: /var/lib/x}
retries: {attempts: 0, replay_bytes: 3MiB}
timeouts: {client_head: 1ms, client_idle: 2s, client_write: 3m, dns: 4h, connect: 500ms, tls: 6s,
           response_head: 7s, body_idle: 8s, tunnel_idle: 11s, drain: 9s}
limits: {head_bytes: 1025, headers: 2, target_bytes: 1KiB, body_bytes: 5GiB, clients: 6, origins: 7,
         clients_per_address: 8, min_rate: 9, memory: 10MiB, origin_connections: 12}
tls: {ca_file: PEM, min_version: "1.3", alpn: [http/1.1], groups: [X448, P-256], certificate: PEM, key: PEM,
      verify: false}
tcp: {congestion_control: reno, min_rto: 70ms, bulk_connections: 3}
hedging: {enabled: true, after: 40ms, budget: 1.5%}
breaker: {failures: 9, probe: 2s, probe_max: 20s}
dns: {servers: [192.0.2.1, "[2001:db8::1]:5353"], min_ttl: 2ms, max_ttl: 3s, stale: 0}
overrides:
  - match: "*.a.test:8443"
    connect_to: "[2001:db8::2]:443"
    allow_addresses: [10.0.0.0/8, "fc00::/7"]
    pool: {max_connections: 1, ping: auto}
    timeouts: {dns: 1s}
    tls: {server_name: x.test, verify: true, alpn: [h2]}
    tcp: {congestion_control: system, min_rto: system, bulk_connections: 0}
    hedging: {enabled: false, budget: 10%}
    breaker: {failures: 0}
  - {match: b.test, connect_to: c.test, tls: {min_version: "1.2"}}
  - {match: "*"}
log: {level: "off", access: {to: none, format: ltsv, rotate_every: 7m, keep: 8, query: true}}
)";
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += instead.size())
    text.replace(at, what.size(), instead);
  return text;
}

TEST(ConfigYaml, reads_back_to_the_defaults) { EXPECT_EQ(load(config_yaml(Config())), Config()); }

TEST(ConfigYaml, reads_back_to_what_was_set_for_every_key) {
  const fakes::TempDir folder;
  const auto pem = folder.write("x.pem", "");
  const Config set = load(with(every_key(), "PEM", pem));
  EXPECT_EQ(set.coalesce, std::chrono::nanoseconds(1234));
  EXPECT_EQ(load(config_yaml(set)), set);
  Config none = set;
  none.admin.address.reset();
  none.admin.access = {};
  EXPECT_EQ(load(config_yaml(none)), none);
}

/// `upstream` stands beside no labels' keys, so the text above can't have it.
TEST(ConfigYaml, reads_back_to_its_upstream) {
  for (const std::string upstream :
       {"https://app.internal", "http://app.internal:8080", "https://[2001:db8::1]:8443", ""}) {
    const Config set = load("upstream: \"" + upstream + "\"");
    EXPECT_EQ(set.upstream, upstream);
    EXPECT_THAT(config_yaml(set), ::testing::HasSubstr("\nupstream: \"" + upstream + "\"\n"));
    EXPECT_EQ(load(config_yaml(set)), set);
  }
}

/// Adds the keys that `node` has, as schema_keys() writes them.
void add_keys(const YAML::Node& node, const std::string& prefix, std::set<std::string>& keys) {
  for (const auto& pair : node) {
    const auto key = prefix + pair.first.as<std::string>();
    keys.insert(key);
    if (pair.second.IsMap()) add_keys(pair.second, key + '.', keys);
    if (!pair.second.IsSequence()) continue;
    for (const auto& element : pair.second) {
      if (element.IsMap()) add_keys(element, key + "[].", keys);
    }
  }
}

// A key that is new in the schema and missing here must not go unseen.
TEST(ConfigYaml, has_every_key_of_the_schema) {
  Config config;
  auto& entry = config.overrides.emplace_back();
  entry.match = "a.test";
  entry.connect_host = "b.test";
  entry.allow_addresses = {"127.0.0.1"};
  config.listeners = {{"", 0, "/run/x.sock"}};
  config.admin.address = config.listeners[0];
  std::set<std::string> shown;
  add_keys(YAML::Load(config_yaml(config)), "", shown);
  for (const auto& key : config::schema_keys()) EXPECT_EQ(shown.count(key), 1U) << key;
}

TEST(ConfigYaml, F108_names_files_and_never_shows_what_is_in_them) {
  const fakes::TempDir folder;
  const auto key = folder.write("secret.key", "-----BEGIN PRIVATE KEY-----\ncanary");
  const auto yaml = config_yaml(load("tls: {certificate: " + key + ", key: " + key + "}"));
  EXPECT_THAT(yaml, ::testing::HasSubstr("  key: \"" + key + "\"\n"));
  EXPECT_THAT(yaml, ::testing::Not(::testing::HasSubstr("canary")));
}

}  // namespace
}  // namespace ccnproxy::admin
