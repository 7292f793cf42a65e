#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include <sys/stat.h>
#include <unistd.h>

#include "ccnproxy/config/host_pattern.h"

#include "schema_parts.h"

namespace ccnproxy::config {
namespace {

// A file that a later step will read; directories would only fail there.
void check_file(Reading& reading, const std::string& path, const std::string& key) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || ::access(path.c_str(), R_OK) != 0) {
    return reading.mistake_in(
        key, "names a file that can't be read: " + std::string(std::strerror(errno)));
  }
  if (S_ISDIR(info.st_mode)) reading.mistake_in(key, "names a folder, not a file");
}

// `prefix` is `tls` or `overrides[N].tls`; what an override only inherits was checked where it
// stands.
void check_tls(Reading& reading, const Tls& tls, const std::string& prefix) {
  const auto given = [&](const char* key) {
    return reading.given(prefix + key) && !reading.failed(prefix + key);
  };
  if (given(".ca_file") && tls.ca_file != "system")
    check_file(reading, tls.ca_file, prefix + ".ca_file");
  if (given(".certificate") && !tls.certificate.empty())
    check_file(reading, tls.certificate, prefix + ".certificate");
  if (given(".key") && !tls.key.empty()) check_file(reading, tls.key, prefix + ".key");

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

void check_listeners(Reading& reading, const Config& config) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    const auto& address = config.listeners[i];
    const std::string path = "listeners[" + std::to_string(i) + "].address";
    if (!reading.given(path) || reading.failed(path)) continue;
    const bool chosen_by_kernel = address.unix_path.empty() && address.port == 0;
    if (!chosen_by_kernel && !seen.insert(address.to_string()).second) {
      reading.mistake_in(path, "listens a second time on " + address.to_string());
    }
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

// Each against all before it is a square: far more overrides than anybody writes end the check.
constexpr std::size_t max_overrides = 1000;

void check_overrides(Reading& reading, const Config& config) {
  if (config.overrides.size() > max_overrides) {
    return reading.mistake_in("overrides",
                              "holds more than " + std::to_string(max_overrides) + " entries");
  }
  for (std::size_t i = 0; i < config.overrides.size(); ++i) {
    check_tls(reading, config.overrides[i].tls, "overrides[" + std::to_string(i) + "].tls");
    check_reach(reading, config, i);
  }
}

void check_log(Reading& reading, const std::string& to) {
  if (to == "stdout" || to == "stderr" || to == "none" || reading.failed("log.access.to")) return;
  struct stat info {};
  if (::stat(to.c_str(), &info) != 0) {
    reading.mistake_in("log.access.to",
                       "names a folder that can't be used: " + std::string(std::strerror(errno)));
  } else if (!S_ISDIR(info.st_mode)) {
    reading.mistake_in("log.access.to",
                       "must be `stdout`, `stderr`, `none` or a folder, not a file");
  }
}

}  // namespace

void find_contradictions(Reading& reading, const Config& config) {
  check_listeners(reading, config);
  check_tls(reading, config.tls, "tls");
  if (!config.tls.server_name.empty()) {
    reading.mistake_in("tls.server_name",
                       "would be the name of every origin; put it into an override");
  }
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
  find_access_contradictions(reading, config);
  find_upstream_contradictions(reading, config);
  check_log(reading, config.log.access.to);
}

}  // namespace ccnproxy::config
