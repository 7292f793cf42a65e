#include <set>

#include "ccnproxy/config/host_pattern.h"

#include "schema_parts.h"
#include "validate_listeners.h"

namespace ccnproxy::config {
namespace {

// `prefix` is `tls` or `overrides[N].tls`; what an override only inherits was checked where it
// stands.
void check_tls(Reading& reading, const Tls& tls, const std::string& prefix) {
  const auto given = [&](const char* key) {
    return reading.given(prefix + key) && !reading.failed(prefix + key);
  };
  const bool pair_failed =
      reading.failed(prefix + ".certificate") || reading.failed(prefix + ".key");
  const bool touched = given(".certificate") || given(".key");
  if (touched && !pair_failed && tls.certificate.empty() != tls.key.empty()) {
    reading.mistake_in(prefix + (given(".certificate") ? ".certificate" : ".key"),
                       tls.key.empty() ? "needs its private key in `key`"
                                       : "needs its certificate in `certificate`");
  }
  if (!given(".alpn")) return;
  if (tls.alpn.empty()) reading.mistake_in(prefix + ".alpn", "must hold at least one protocol");
  const std::set<std::string> unique(tls.alpn.begin(), tls.alpn.end());
  if (unique.size() != tls.alpn.size())
    reading.mistake_in(prefix + ".alpn", "holds a protocol twice");
}

// `prefix` is `breaker` or `overrides[N].breaker`, as above.
void check_breaker(Reading& reading, const Breaker& breaker, const std::string& prefix) {
  if (breaker.probe_max >= breaker.probe) return;
  for (const char* key : {".probe_max", ".probe"}) {
    if (reading.failed(prefix + key)) return;
    if (!reading.given(prefix + key)) continue;
    return reading.mistake_in(prefix + key,
                              "contradicts: breaker.probe_max is less than breaker.probe");
  }
}

void check_listeners(Reading& reading, const Config& config) {
  for (const auto& [key, what] : listener_conflicts(config, reading.given("admin.address"))) {
    // Of a list that is not there, or is wrong, nothing is known.
    const bool known = reading.given(key) && !reading.failed(key);
    if (known && !reading.failed("admin.address")) reading.mistake_in(key, what);
  }
}

// The first match wins, so an entry behind one that covers it would never be used.
void check_reach(Reading& reading, const Config& config, std::size_t index) {
  const auto own = parse_host_pattern(config.overrides[index].match);
  for (std::size_t before = 0; own && before < index; ++before) {
    const auto other = parse_host_pattern(config.overrides[before].match);
    if (!other || !other->covers(*own)) continue;
    const int line = reading.line_of("overrides[" + std::to_string(before) + "].match");
    return reading.mistake_in("overrides[" + std::to_string(index) + "].match",
                              "is never used: `" + config.overrides[before].match + "` in line " +
                                  std::to_string(line) + " matches first");
  }
}

// Pairwise comparison is quadratic; a limit far above any real list bounds the time.
constexpr std::size_t max_overrides = 1000;

void check_overrides(Reading& reading, const Config& config) {
  if (config.overrides.size() > max_overrides) {
    return reading.mistake_in("overrides",
                              "holds more than " + std::to_string(max_overrides) + " entries");
  }
  for (std::size_t i = 0; i < config.overrides.size(); ++i) {
    check_tls(reading, config.overrides[i].tls, "overrides[" + std::to_string(i) + "].tls");
    check_breaker(reading, config.overrides[i].breaker,
                  "overrides[" + std::to_string(i) + "].breaker");
    check_reach(reading, config, i);
  }
}

}  // namespace

void validate(Reading& reading, const Config& config) {
  check_listeners(reading, config);
  check_tls(reading, config.tls, "tls");
  if (!config.tls.server_name.empty()) {
    reading.mistake_in("tls.server_name",
                       "would be the name of every origin; put it into an override");
  }
  check_breaker(reading, config.breaker, "breaker");
  const bool ttl_failed = reading.failed("dns.min_ttl") || reading.failed("dns.max_ttl");
  if (!ttl_failed && config.dns.max_ttl < config.dns.min_ttl) {
    reading.mistake_in(reading.given("dns.max_ttl") ? "dns.max_ttl" : "dns.min_ttl",
                       "contradicts: dns.max_ttl is less than dns.min_ttl");
  }
  // A smaller head limit alone is no mistake: it simply is the limit of the target as well.
  if (reading.given("limits.target_bytes") && !reading.failed("limits.head_bytes") &&
      config.limits.target_bytes > config.limits.head_bytes) {
    reading.mistake_in("limits.target_bytes",
                       "is more than limits.head_bytes, which the target is part of");
  }
  check_overrides(reading, config);
  validate_sockets(reading, config);
  validate_acls(reading, config);
  validate_upstream(reading, config);
  validate_log(reading, config);
}

}  // namespace ccnproxy::config
