#include "ccnproxy/admin/pools_json.h"

#include <algorithm>
#include <numeric>

#include "json_text.h"

namespace ccnproxy::admin {
namespace {

constexpr std::size_t most_problems = 100;

void write_seconds(JsonText& json, const char* name, const std::optional<Duration>& value) {
  json.key(name);
  value ? json.seconds(*value) : json.null();
}

void write_milliseconds(JsonText& json, const char* name, Duration value) {
  json.key(name).duration(value, std::chrono::milliseconds(1));
}

void write_counters(JsonText& json, const std::optional<PathCounters>& path) {
  json.key("path");
  if (!path) {
    json.null();
    return;
  }
  json.open('{');
  write_milliseconds(json, "rtt_ms", path->rtt);
  write_milliseconds(json, "rtt_variance_ms", path->rtt_variance);
  json.key("window_bytes").number(path->window);
  json.key("slow_start_threshold_bytes");
  path->threshold == UINT64_MAX ? json.null() : json.number(path->threshold);
  json.key("delivery_bytes_per_s").number(path->delivery_rate);
  json.key("packets_sent").number(path->sent).key("sent_again").number(path->sent_again);
  json.key("packets_received").number(path->received);
  json.key("out_of_order").number(path->out_of_order);
  json.close('}');
}

void write_path(JsonText& json, const pool::PathReport& path) {
  json.key("path").open('{');
  json.key("rtt_ms");
  path.rtt ? json.duration(*path.rtt, std::chrono::milliseconds(1)) : json.null();
  json.key("loss");
  path.loss ? json.share(*path.loss) : json.null();
  json.close('}');
}

void write_connection(JsonText& json, const pool::ConnectionReport& connection) {
  json.open('{');
  json.key("serial").number(connection.serial).key("state").text(connection.state);
  json.key("protocol").text(connection.protocol).key("address").text(connection.address);
  json.key("tls_resumed").boolean(connection.tls_resumed);
  json.key("tls_group").text(connection.tls_group).key("cause").text(connection.cause);
  json.key("age_s").seconds(connection.age).key("idle_s").seconds(connection.idle);
  write_milliseconds(json, "rtt_ms", connection.rtt);
  write_counters(json, connection.path);
  write_seconds(json, "ping_interval_s", connection.ping_interval);
  json.key("streams").number(connection.streams).key("capacity").number(connection.capacity);
  json.key("requests").number(connection.requests);
  json.key("next_action");
  if (connection.reason.empty()) {
    json.text(connection.next_action);
  } else {
    json.text(std::string(connection.next_action) + ": " + std::string(connection.reason));
  }
  write_seconds(json, "due_s", connection.due);
  json.close('}');
}

void write_learned(JsonText& json, const pool::LearnedReport& learned) {
  json.key("learned").open('{');
  write_seconds(json, "idle_s", learned.idle);
  write_seconds(json, "unused_s", learned.unused);
  write_seconds(json, "age_s", learned.age);
  json.key("requests");
  learned.requests ? json.number(*learned.requests) : json.null();
  json.close('}');
}

void write_counts(JsonText& json, const observe::OriginMetrics& metrics) {
  json.key("waits").open('{');
  for (std::size_t i = 0; i < metrics.waits.size(); ++i)
    json.key(to_string(static_cast<observe::WaitResult>(i))).number(metrics.waits[i]);
  json.close('}');
  const auto requests = std::accumulate(
      metrics.requests.begin(), metrics.requests.end(), std::uint64_t{0},
      [](std::uint64_t sum, const auto& by_status) { return sum + by_status.second; });
  json.key("requests").number(requests);
}

void write_recent(JsonText& json, const observe::OutcomeSummary& seen) {
  json.key("recent").open('{').key("window_s").seconds(observe::OriginOutcomes::window);
  json.key("requests").number(seen.requests).key("failed").number(seen.failed);
  json.key("limited").number(seen.limited).close('}');
}

void write_breaker(JsonText& json, const pool::BreakerReport& breaker) {
  json.key("breaker").open('{').key("state").text(to_string(breaker.state));
  json.key("cause").text(breaker.failures == 0                        ? ""
                         : breaker.cause == pool::BreakerCause::dials ? "dials"
                                                                      : "answers");
  json.key("failures").number(breaker.failures);
  write_seconds(json, "open_s", breaker.open_for);
  write_seconds(json, "next_try_s", breaker.next_try);
  json.close('}');
}

void write_pool(JsonText& json, const pool::PoolReport& pool, Health health) {
  json.open('{');
  json.key("origin")
      .text(pool.origin)
      .key("health")
      .text(to_string(health))
      .key("protocol")
      .text(pool.protocol);
  json.key("worker").number(pool.worker);
  json.key("kept_warm").boolean(pool.kept_warm).key("warm_for_ever").boolean(pool.warm_for_ever);
  json.key("wanted").number(pool.wanted).key("waiting").number(pool.waiting);
  json.key("peak").number(pool.peak).key("last_used_s").seconds(pool.last_used);
  write_seconds(json, "next_dial_s", pool.next_dial);
  json.key("last_failure").text(pool.last_failure);
  json.key("not_kept_ready").text(pool.not_kept_ready);
  write_learned(json, pool.learned);
  write_path(json, pool.path);
  write_breaker(json, pool.breaker);
  json.key("certificate_end");
  pool.certificate_end ? json.number(static_cast<std::uint64_t>(*pool.certificate_end))
                       : json.null();
  json.key("connections").open('[');
  for (const auto& connection : pool.connections) write_connection(json, connection);
  json.close(']').key("decisions").open('[');
  for (const auto& decision : pool.decisions)
    json.open('{').key("ago_s").seconds(decision.ago).key("text").text(decision.text).close('}');
  json.close(']');
  write_counts(json, pool.metrics);
  write_recent(json, pool.outcomes);
  json.close('}');
}

void write_problem(JsonText& json, const OriginHealth& one) {
  const auto& seen = one.facts.outcomes;
  json.open('{').key("origin").text(one.origin);
  json.key("health").text(to_string(one.verdict.health)).key("reason").text(reason_of(one));
  write_seconds(json, "since_s", one.verdict.since);
  write_seconds(json, "answered_s", seen.answered_ago);
  write_recent(json, seen);
  json.key("probe").text("ccnproxy probe " + one.origin).close('}');
}

void write_health(JsonText& json, const OriginsHealth& health, const PoolsQuery& query) {
  json.key("verdict").text(health.sentence()).key("problems").open('[');
  std::size_t told = 0;
  for (const auto& one : health.problems()) {
    if (!matches(query, one.origin)) continue;
    if (told++ == std::min(most_problems, query.top.value_or(most_problems))) break;
    write_problem(json, one);
  }
  json.close(']');
}

}  // namespace

std::string pools_json(const Reports& reports, const PoolsQuery& query, const Readiness& readiness,
                       std::string_view host) {
  const OriginsHealth health(reports);
  const auto chosen = choose(reports, query, health);
  JsonText json;
  json.open('{').key("origins").open('[');
  for (const auto& [origin, pools] : chosen.origins) {
    for (const auto* pool : pools) write_pool(json, *pool, health.of(origin));
  }
  json.close(']').key("silent_workers").open('[');
  for (const auto worker : reports.silent) json.number(worker);
  json.close(']').key("matching").number(chosen.matching);
  json.key("ready").boolean(readiness.ready).key("not_ready").text(readiness.reason);
  json.key("host").text(host);
  write_health(json, health, query);
  return json.close('}').take();
}

}  // namespace ccnproxy::admin
