#include "ccnproxy/config/loader.h"

#include <gtest/gtest.h>

#include "loading.h"

namespace ccnproxy::config {
namespace {

using namespace std::chrono_literals;

TEST(Loader, nothing_is_a_configuration) {
  for (const char* text :
       {"", "\n", "# only a comment\n", "---\n", "---\n...\n", "{}", "~", "\r\n"}) {
    EXPECT_EQ(load(text), Config{}) << text;
  }
}

TEST(Loader, a_map_whose_keys_are_all_comments_sets_nothing) {
  EXPECT_EQ(
      load("pool:\n#  max_pending: 3\ntimeouts:\noverrides:\nlog:\n  access:\nupgrade:\nlabels:\n"),
      Config{});
}

TEST(Loader, reads_every_kind_of_value) {
  const Config config = load(R"(
listeners:
  - address: 127.0.0.1:0
  - {address: "[::1]:3001"}
  - address: unix:/run/x.sock
workers: 4
coalesce: 0
labels: {Proxy-TLS: https, plain: http}
port_in_host: ignore
upgrade: ["*.AmazonAWS.com", s3.example]
expect_continue: origin
via: append
field_case: as_received
tunnel_upgrades: true
request_id_header: X-Chocon-Id
admin: {address: "[::1]:9"}
pool: {max_connections: 8, max_pending: 2, min_ready: 3, max_idle: 4, keep_warm: 1.5s, spare: 0.25, max_age: 2h, ping: off, warm: ["https://API.example.:443/", "http://[::1]:81"], state_file: /x}
retries: {attempts: 0, replay_bytes: 1MiB}
timeouts: {client_head: 1ms, drain: 24h}
limits: {head_bytes: 8KiB, headers: 10, body_bytes: 3GiB, clients: 7, origins: 9, clients_per_address: 5, min_rate: 0, memory: 1MiB, origin_connections: 11}
tls: {min_version: 1.3, alpn: [http/1.1], verify: false}
tcp: {congestion_control: cubic, min_rto: 30ms, bulk_connections: 0}
hedging: {enabled: true, after: 250ms, budget: 0.5%}
breaker: {failures: 3, probe: 200ms, probe_max: 10s}
dns: {servers: [10.0.0.2, "10.0.0.3:5353", "fd00::2", "[fd00::3]:53"], min_ttl: 5s, max_ttl: 5s}
log: {level: debug, access: {to: none, format: ltsv, rotate_every: 10m, keep: 5, query: true}}
)");
  ASSERT_EQ(config.listeners.size(), 3u);
  EXPECT_EQ(config.listeners[1], (ListenAddress{"::1", 3001, ""}));
  EXPECT_EQ(config.listeners[1].to_string(), "[::1]:3001");
  EXPECT_EQ(config.listeners[2].to_string(), "unix:/run/x.sock");
  EXPECT_EQ(config.workers, 4u);
  EXPECT_EQ(config.coalesce, 0ns);
  EXPECT_EQ(config.labels, (decltype(config.labels){{"proxy-tls", "https"}, {"plain", "http"}}));
  EXPECT_EQ(config.port_in_host, PortInHost::ignore);
  EXPECT_EQ(config.upgrade, (std::vector<std::string>{"*.amazonaws.com", "s3.example"}));
  EXPECT_EQ(config.expect_continue, ExpectContinue::origin);
  EXPECT_EQ(config.via, Via::append);
  EXPECT_EQ(config.field_case, FieldCase::as_received);
  EXPECT_TRUE(config.tunnel_upgrades);
  EXPECT_EQ(config.request_id_header, "X-Chocon-Id");
  EXPECT_EQ(config.pool, (Pool{8, 2, 3, 4, 1500ms, 0.25, 2h, false}));
  EXPECT_EQ(config.warmth, (Warmth{{"https://api.example", "http://[::1]:81"}, "/x"}));
  EXPECT_EQ(config.admin.address, (ListenAddress{"::1", 9, ""}));
  EXPECT_EQ(load("admin: {address: none}").admin.address, std::nullopt);
  EXPECT_EQ(config.retries, (Retries{0, 1 << 20}));
  EXPECT_EQ(config.timeouts.client_head, 1ms);
  EXPECT_EQ(config.timeouts.client_idle, Timeouts{}.client_idle);
  EXPECT_EQ(config.timeouts.drain, 24h);
  EXPECT_EQ(config.limits,
            (Limits{8192, 10, 16384, std::uint64_t{3} << 30, 7, 9, 5, 0, 1 << 20, 11}));
  EXPECT_EQ(config.tls.min_version, TlsVersion::tls13);
  EXPECT_EQ(config.tls.alpn, std::vector<std::string>{"http/1.1"});
  EXPECT_FALSE(config.tls.verify);
  EXPECT_EQ(config.tcp, (Tcp{"cubic", 30ms, 0}));
  EXPECT_EQ(load("tcp: {min_rto: system}").tcp.min_rto, 0ns);
  EXPECT_EQ(config.hedging, (Hedging{true, 250ms, 0.5}));
  EXPECT_EQ(config.breaker, (Breaker{3, 200ms, 10s}));
  EXPECT_EQ(load("hedging: {after: p95, budget: 2%}").hedging, Hedging());
  EXPECT_EQ(load("tcp: {min_rto: auto}").tcp, Tcp());
  EXPECT_EQ(config.dns.servers,
            (std::vector<std::string>{"10.0.0.2", "10.0.0.3:5353", "fd00::2", "[fd00::3]:53"}));
  EXPECT_EQ(config.dns.max_ttl, 5s);
  EXPECT_EQ(config.log, (Log{"debug", {"none", AccessFormat::ltsv, 10min, 5, true, {}, {}}}));
}

TEST(Loader, an_override_lies_over_the_general_settings_wherever_they_stand) {
  const Config config = load(R"(
overrides:
  - match: API.Internal.example.
    connect_to: 10.0.0.5:8443
    pool: {max_connections: 3}
    timeouts: {connect: 1s}
    tls: {server_name: X.example, verify: false}
    tcp: {bulk_connections: 2}
    hedging: {enabled: true}
    breaker: {failures: 7}
  - match: "*.internal.example:8443"
    connect_to: "[fd00::1]"
  - {match: other.example, connect_to: "Gateway.example:1"}
pool: {max_pending: 5}
timeouts: {connect: 2s, tls: 3s}
tls: {alpn: [h2]}
)");
  ASSERT_EQ(config.overrides.size(), 3u);
  const Override& first = config.overrides[0];
  EXPECT_EQ(first.match, "api.internal.example");
  EXPECT_EQ(first.connect_host, "10.0.0.5");
  EXPECT_EQ(first.connect_port, 8443);
  EXPECT_EQ(first.pool.max_connections, 3u);
  EXPECT_EQ(first.pool.max_pending, 5u);
  EXPECT_EQ(first.timeouts.connect, 1s);
  EXPECT_EQ(first.timeouts.tls, 3s);
  EXPECT_EQ(first.tls.server_name, "x.example");
  EXPECT_EQ(first.tls.alpn, std::vector<std::string>{"h2"});
  EXPECT_FALSE(first.tls.verify);
  EXPECT_EQ(first.tcp.bulk_connections, 2u);
  EXPECT_TRUE(first.hedging.enabled);
  EXPECT_EQ(first.breaker, (Breaker{7, 1s, 30s}));
  EXPECT_FALSE(config.overrides[1].hedging.enabled);
  EXPECT_EQ(config.overrides[1].connect_host, "fd00::1");
  EXPECT_EQ(config.overrides[1].connect_port, 0);
  EXPECT_EQ(config.overrides[1].tls, config.tls);
  EXPECT_EQ(config.overrides[2].connect_host, "gateway.example");
}

TEST(Loader, unknown_keys_name_the_nearest) {
  expect_one_mistake({
      {"timeout: {}", "f:1:1: unknown key `timeout`; did you mean `timeouts`?"},
      {"\npool:\n  max-pending: 3",
       "f:3:3: unknown key `max-pending` in `pool`; did you mean `max_pending`?"},
      {"max_pending: 3", "f:1:1: unknown key `max_pending`; did you mean `pool.max_pending`?"},
      {"Workers: 3", "f:1:1: unknown key `Workers`; did you mean `workers`?"},
      {"zzz: 3", "f:1:1: unknown key `zzz`"},
      {"pool: {warms: []}", "f:1:8: unknown key `warms` in `pool`; did you mean `warm`?"},
      {"overrides: [{match: a, pool: {warm: []}}]",
       "f:1:31: unknown key `warm` in `overrides[0].pool`; did you mean `pool.warm`?"},
      {"overrides: [{match: a, timeouts: {drain: 1s}}]",
       "f:1:35: unknown key `drain` in `overrides[0].timeouts`; did you mean `timeouts.drain`?"},
      {"overrides: [{match: a, tls: {verfy: false}}]",
       "f:1:30: unknown key `verfy` in `overrides[0].tls`; did you mean `verify`?"},
      {"listeners: [{adress: 127.0.0.1:1, address: 127.0.0.1:2}]",
       "f:1:14: unknown key `adress` in `listeners[0]`; did you mean `address`?"},
  });
}

TEST(Loader, a_key_of_a_later_version_is_unknown) {
  EXPECT_EQ(mistakes_in("webserver: http://a.test").size(), 1u);
}

TEST(Loader, wrong_types_and_impossible_values) {
  expect_one_mistake({
      {"[]", "f:1:1: the configuration must be a map of keys and values, not a list"},
      {"hello", "f:1:1: the configuration must be a map of keys and values, not `hello`"},
      {"pool: 3", "f:1:7: `pool` must be a map of keys and values, not `3`"},
      {"pool: []", "f:1:7: `pool` must be a map of keys and values, not a list"},
      {"workers: 0", "f:1:10: `workers` must be `auto` or a number from 1 to 256, not `0`"},
      {"workers: 257", "f:1:10: `workers` must be `auto` or a number from 1 to 256, not `257`"},
      {"workers: 4KiB", "f:1:10: `workers` must be `auto` or a number from 1 to 256, not `4KiB`"},
      {"workers: []", "f:1:10: `workers` must be `auto` or a number from 1 to 256, not a list"},
      {"workers:", "f:1:1: `workers` must be `auto` or a number from 1 to 256, not empty"},
      {"pool:\n  max_age: 1h\nworkers:\nlog:\n",
       "f:3:1: `workers` must be `auto` or a number from 1 to 256, not empty"},
      {"pool:\n  max_age: 1h\n  max_pending:\nlog:\n",
       "f:3:3: `pool.max_pending` must be a number from 1 to 1000000, not empty"},
      {"coalesce: 11ms",
       "f:1:11: `coalesce` must be a duration from 0 to 10ms (units: us, ms, s, m, h), not `11ms`"},
      {"timeouts: {dns: 0}",
       "f:1:17: `timeouts.dns` must be a duration from 1ms to 24h (units: us, ms, s, m, h), not "
       "`0`"},
      {"timeouts: {dns: 5}",
       "f:1:17: `timeouts.dns` must be a duration from 1ms to 24h (units: us, ms, s, m, h), not "
       "`5`; write 5s"},
      {"pool: {max_connections: -1}",
       "f:1:25: `pool.max_connections` must be a number from 0 to 65536 (0 = no limit), not `-1`"},
      {"pool: {max_pending: 0}",
       "f:1:21: `pool.max_pending` must be a number from 1 to 1000000, not `0`"},
      {"limits: {head_bytes: 64KB}",
       "f:1:22: `limits.head_bytes` must be a size from 256 to 16MiB (units: KiB, MiB, GiB), not "
       "`64KB`; write 64KiB"},
      {"port_in_host: yes",
       "f:1:15: `port_in_host` must be one of `auto` `origin` `ignore`, not `yes`"},
      {"tls: {verify: no}", "f:1:15: `tls.verify` must be true or false, not `no`; write false"},
      {"tls: {min_version: 1.1}",
       "f:1:20: `tls.min_version` must be one of `1.2` `1.3`, not `1.1`"},
      {"tls: {alpn: [h3]}", "f:1:14: `tls.alpn[0]` must be `h2` or `http/1.1`, not `h3`"},
      {"tls: {groups: [X25519, 'P-256:X448']}",
       "f:1:24: `tls.groups[1]` must be a group by OpenSSL's name, as in X25519, not `P-256:X448`"},
      {"tls: {groups: []}",
       "f:1:15: `tls.groups` must be `auto` or a list of groups, as OpenSSL names them, not a "
       "list"},
      {"tls: {groups: X25519}",
       "f:1:15: `tls.groups` must be `auto` or a list of groups, as OpenSSL names them, not "
       "`X25519`; write [X25519]"},
      {"tcp: {congestion_control: 'b r'}",
       "f:1:27: `tcp.congestion_control` must be `auto`, `system` or the name of an algorithm, as "
       "in "
       "bbr or cubic, not `b r`"},
      {"tcp: {min_rto: 4ms}",
       "f:1:16: `tcp.min_rto` must be `auto`, `system` or a duration from 5ms to 120s, not `4ms`"},
      {"tcp: {bulk_connections: 65}",
       "f:1:25: `tcp.bulk_connections` must be a number from 0 to 64 (0 = off), not `65`"},
      {"hedging: {after: p99}",
       "f:1:18: `hedging.after` must be `p95` or a duration from 1ms to 1m, not `p99`"},
      {"breaker: {failures: 1001}",
       "f:1:21: `breaker.failures` must be a number from 0 to 1000 (0 = off), not `1001`"},
      {"breaker: {probe: 1m}",
       "f:1:11: `breaker.probe` contradicts: breaker.probe_max is less than breaker.probe"},
      {"breaker: {probe_max: 500ms}",
       "f:1:11: `breaker.probe_max` contradicts: breaker.probe_max is less than breaker.probe"},
      {"hedging: {budget: 11%}",
       "f:1:19: `hedging.budget` must be a share of the requests up to 10%, as in 2%, not `11%`"},
      {"hedging: {budget: 2}",
       "f:1:19: `hedging.budget` must be a share of the requests up to 10%, as in 2%, not `2`"},
      {"tls: {ca_file: ''}", "f:1:16: `tls.ca_file` must be `system` or a PEM file, not ``"},
      {"log: {access: {format: xml}}",
       "f:1:24: `log.access.format` must be one of `json` `ltsv`, not `xml`"},
      {"log: {access: {rotate_every: 30s}}",
       "f:1:30: `log.access.rotate_every` must be a duration from 1m to 8760h, or 0 for never, not "
       "`30s`"},
      {"log: {level: verbose}",
       "f:1:14: `log.level` must be `trace`, `debug`, `info`, `warn`, `error`, `critical` or "
       "`off`, not `verbose`"},
      {"upgrade: [\"a:443\"]",
       "f:1:11: `upgrade[0]` must be a host or *.suffix, without a port, not `a:443`"},
      {"upgrade: a", "f:1:10: `upgrade` must be a list of hosts, not `a`; write [a]"},
      {"dns: {servers: google}",
       "f:1:16: `dns.servers` must be `system` or a list of addresses, each with or without a "
       "port, not `google`"},
      {"dns: {servers: [ns.example]}",
       "f:1:17: `dns.servers[0]` must be an address or address:port, not `ns.example`"},
      {"labels: {a: ftp}", "f:1:13: `labels.a` must be `https` or `http`, not `ftp`"},
      {"labels: {a.b: http}",
       "f:1:15: `labels.a.b` must be one label: letters, digits, - and _, no dot"},
      {"labels: {a: http, A: http}", "f:1:22: `labels.A` stands here twice: case does not count"},
      {"overrides: [{}]", "f:1:13: `overrides[0]` needs the key `match`"},
      {"overrides:\n  - ", "f:2:1: `overrides[0]` needs the key `match`"},
      {"overrides: {match: a}",
       "f:1:12: `overrides` must be a list of maps with the key `match`, not a map; put `- ` "
       "before "
       "its first key, and indent the others as that"},
      {"overrides: [{match: api.*}]",
       "f:1:21: `overrides[0].match` must be a host, *.suffix or *, with or without a port, not "
       "`api.*`"},
      {"overrides: [{match: a, connect_to: \"::1\"}]",
       "f:1:36: `overrides[0].connect_to` must be a host, host:port or [v6]:port, not `::1`"},
      {"? [a, b]\n: 1", "f:1:3: a key must be a word, not a list"},
  });
}

TEST(Loader, listeners) {
  for (const char* text :
       {"localhost:3000", ":3000", "*:3000", "3000", "127.0.0.1", "::1:3000", "[127.0.0.1]:1",
        "127.0.0.1:65536", "127.1:80", "unix:", "unix:x.sock", "unix:/", "[::1]"}) {
    const auto found = mistakes_in("listeners:\n  - address: \"" + std::string(text) + "\"\n");
    ASSERT_EQ(found.size(), 1u) << text;
    EXPECT_EQ(found[0].find("f:2:14: `listeners[0].address` must be "), 0u) << found[0];
  }
  expect_one_mistake({
      {"listeners: []", "f:1:12: `listeners` must hold at least one listener"},
      {"listeners:", "f:1:1: `listeners` must be a list of maps with the key `address`, not empty"},
      {"listeners: [{}]", "f:1:13: `listeners[0]` needs the key `address`"},
  });
  EXPECT_EQ(mistakes_in("listeners: [{address: unix:/" + std::string(107, 'a') + "}]").size(), 1u);
}

TEST(Loader, request_id_header_is_a_field_that_means_nothing_else) {
  for (const char* name :
       {"Host", "content-length", "Transfer-Encoding", "a b", "a:b", "\"\"", "VIA"}) {
    EXPECT_EQ(mistakes_in("request_id_header: " + std::string(name)).size(), 1u) << name;
  }
  EXPECT_EQ(load("request_id_header: X-Request-Id").request_id_header, "X-Request-Id");
}

TEST(Loader, repeated_keys_are_mistakes) {
  expect_one_mistake({
      {"workers: 1\nworkers: 2",
       "f:2:1: the key `workers` stands here twice, first in line 1; keep one"},
      {"pool: {max_age: 1h, max_age: 1h}",
       "f:1:21: the key `max_age` stands here twice, first in line 1; keep one"},
      {"pool: {}\npool: {}", "f:2:1: the key `pool` stands here twice, first in line 1; keep one"},
  });
}

TEST(Loader, F012_contradictions) {
  expect_one_mistake({
      {"dns: {min_ttl: 10s, max_ttl: 1s}",
       "f:1:21: `dns.max_ttl` contradicts: dns.max_ttl is less than dns.min_ttl"},
      {"dns: {min_ttl: 1h}",
       "f:1:7: `dns.min_ttl` contradicts: dns.max_ttl is less than dns.min_ttl"},
      {"limits: {head_bytes: 1KiB, target_bytes: 2KiB}",
       "f:1:28: `limits.target_bytes` is more than limits.head_bytes, which the target is part of"},
      {"listeners: [{address: 127.0.0.1:1}, {address: 127.0.0.1:1}]",
       "f:1:38: `listeners[1].address` listens a second time on 127.0.0.1:1"},
      {"listeners: [{address: '[::1]:1'}, {address: '[0:0::1]:1'}]",
       "f:1:36: `listeners[1].address` listens a second time on [::1]:1"},
      {"tls: {server_name: a.example}",
       "f:1:7: `tls.server_name` would be the name of every origin; put it into an override"},
      {"tls: {alpn: []}", "f:1:7: `tls.alpn` must hold at least one protocol"},
      {"tls: {alpn: [h2, h2]}", "f:1:7: `tls.alpn` holds a protocol twice"},
      {"overrides:\n- match: '*.b'\n- match: a.b:1\n",
       "f:3:3: `overrides[1].match` is never used: `*.b` in line 2 matches first"},
  });
  EXPECT_EQ(load("listeners: [{address: 127.0.0.1:0}, {address: 127.0.0.1:0}]").listeners.size(),
            2u);
  EXPECT_EQ(load("limits: {head_bytes: 1KiB}").limits.head_bytes, 1024u);
}

TEST(Loader, a_certificate_and_its_key_go_together) {
  EXPECT_EQ(load("tls: {certificate: /a.pem, key: /b.pem}").tls.key, "/b.pem")
      << "whether they are there is another question";
  EXPECT_EQ(mistakes_in("tls: {certificate: /a.pem}"),
            std::vector<std::string>{"f:1:7: `tls.certificate` needs its private key in `key`"});
  EXPECT_EQ(mistakes_in("tls: {key: /b.pem}"),
            std::vector<std::string>{"f:1:7: `tls.key` needs its certificate in `certificate`"});
  // Said where it stands, not again for each override that inherits it.
  EXPECT_EQ(mistakes_in("tls: {key: /b.pem}\noverrides: [{match: a}]").size(), 1u);
  EXPECT_EQ(mistakes_in("overrides: [{match: a, tls: {key: /b.pem}}]").size(), 1u);
}

TEST(Loader, all_mistakes_at_once_in_the_order_of_the_file) {
  EXPECT_EQ(mistakes_in("overrides:\n  - match: a b\nworkers: x\ntls: {verify: 1}\nnope: 1\n"),
            (std::vector<std::string>{
                "f:2:12: `overrides[0].match` must be a host, *.suffix or *, with or without a "
                "port, not `a b`",
                "f:3:10: `workers` must be `auto` or a number from 1 to 256, not `x`",
                "f:4:15: `tls.verify` must be true or false, not `1`; write true",
                "f:5:1: unknown key `nope`",
            }));
}

TEST(Loader, F102_mistakes_leave_the_defaults) {
  const Loaded loaded = load_text("workers: 7\nnope: 1", "f");
  EXPECT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.config, Config{});
}

}  // namespace
}  // namespace ccnproxy::config
