#include "ccnproxy/admin/metrics_page.h"

#include "ccnproxy/admin/counters.h"
#include "ccnproxy/admin/origin_health.h"

#include "metrics_text.h"

namespace ccnproxy::admin {
namespace {

std::string origin_label(std::string_view origin, const std::string& more = "") {
  return "origin=\"" + label_value(origin) + '"' + (more.empty() ? "" : ',' + more);
}

void write_series(MetricsText& text, const ShownCounters& origins, Family family) {
  for (const auto& [origin, counters] : origins) {
    for (const auto& [series, value] : *counters) {
      if (series.family == family) text.sample(origin_label(origin, series.labels), value);
    }
  }
}

void write_requests(MetricsText& text, const ShownCounters& origins,
                    const observe::WorkerMetrics& totals) {
  text.family("ccnproxy_requests_total", "counter",
              "Requests that ended, by origin and status; 499: the client left first. Origin none: "
              "answered here, without one.");
  write_series(text, origins, Family::requests);
  for (const auto& [status, n] : totals.requests_without_origin)
    text.sample("origin=\"none\",code=\"" + std::to_string(status) + '"', n);
}

void write_bytes(MetricsText& text, const ShownCounters& origins,
                 const observe::WorkerMetrics& totals) {
  text.family("ccnproxy_bytes_total", "counter",
              "Bytes of bodies, by origin: in are those from clients, out those to them.");
  write_series(text, origins, Family::bytes);
  text.sample("origin=\"none\",direction=\"in\"", totals.bytes_in_without_origin);
  text.sample("origin=\"none\",direction=\"out\"", totals.bytes_out_without_origin);
}

void write_response_heads(MetricsText& text, const ShownCounters& origins) {
  text.family("ccnproxy_upstream_response_head_seconds", "histogram",
              "Time from having a connection to the head of the origin's response.");
  for (const auto& [origin, counters] : origins) {
    std::uint64_t count = 0;
    for (const auto& [series, value] : *counters) {
      if (series.family == Family::response_head)
        text.part("_bucket", origin_label(origin, series.labels), count = value);
      if (series.family == Family::response_head_sum_ns)
        text.sum_of_nanoseconds(origin_label(origin), value);
    }
    text.part("_count", origin_label(origin), count);
  }
}

void write_origins(MetricsText& text, const ShownCounters& origins) {
  text.family("ccnproxy_connection_wait_total", "counter",
              "What requests found: a connection open and ready, one to wait for, or none so that "
              "one was dialed.");
  write_series(text, origins, Family::waits);
  text.family("ccnproxy_upstream_handshakes_total", "counter",
              "Connections to origins made, by whether TLS was resumed and why they were dialed.");
  write_series(text, origins, Family::handshakes);
  text.family("ccnproxy_upstream_failed_dials_total", "counter",
              "Connections to origins that could not be made.");
  write_series(text, origins, Family::failed_dials);
  text.family("ccnproxy_upstream_closed_total", "counter",
              "Connections to origins that ended, by reason.");
  write_series(text, origins, Family::closed);
  text.family("ccnproxy_retries_total", "counter",
              "Requests tried again on another connection, by what proved that this was safe.");
  write_series(text, origins, Family::retries);
  text.family("ccnproxy_hedges_total", "counter",
              "Second attempts of requests with a late answer, by whether theirs came first.");
  write_series(text, origins, Family::hedges);
}

/// Both kinds are one family: those without `origin` are all, whatever origin they had.
void write_errors(MetricsText& text, const ShownCounters& origins,
                  const observe::WorkerMetrics& totals) {
  text.family("ccnproxy_errors_total", "counter",
              "Requests that ended in an error, by RFC 9209 type; those with an origin are counted "
              "by origin and source, too.");
  for (std::size_t i = 0; i < totals.errors.size(); ++i) {
    const auto type = to_string(static_cast<ErrorType>(i));
    text.sample("type=\"" + std::string(type) + '"', totals.errors[i]);
  }
  write_series(text, origins, Family::errors);
}

/// Of origins that have a name here.
void write_states(MetricsText& text, const OriginsHealth& health, const ShownCounters& origins) {
  text.family("ccnproxy_origin_state", "gauge",
              "1 for the state that the origin is in: healthy, unused, degraded, failing or "
              "unreachable.");
  for (const auto& [origin, counters] : origins) {
    if (origin == "other") continue;
    const auto is = health.of(origin);
    for (std::size_t i = 0; i < health_states; ++i) {
      const auto state = static_cast<Health>(i);
      text.sample(origin_label(origin, "state=\"" + std::string(to_string(state)) + '"'),
                  std::uint64_t{state == is});
    }
  }
}

/// What is now rather than what was counted, of one origin.
struct Gauges {
  std::uint64_t waiting = 0;
  std::map<std::pair<std::string_view, std::string_view>, std::uint64_t>
      connections;               ///< protocol, state
  pool::PathReport path;         ///< the same of all workers
  pool::BreakerState breaker{};  ///< as well
  std::optional<std::time_t> certificate_end;

  void add(const pool::PoolReport& pool) {
    waiting += pool.waiting;
    path = pool.path;
    breaker = pool.breaker.state;
    certificate_end = pool.certificate_end;
    connections[{known(pool.protocol), "ready"}] += 0;  // none ready is a figure, too
    for (const auto& connection : pool.connections)
      ++connections[{known(connection.protocol), connection.state}];
  }
  static std::string_view known(std::string_view protocol) {
    return protocol.empty() ? "unknown" : protocol;
  }
};

std::map<std::string, Gauges> gauges_of(const Reports& reports, const OriginLedger& ledger) {
  std::map<std::string, Gauges> gauges;
  for (const auto& worker : reports.workers) {
    for (const auto& pool : worker.pools)
      gauges[ledger.is_named(pool.origin) ? pool.origin : "other"].add(pool);
  }
  return gauges;
}

/// Not of `other`: paths have no sum.
void write_paths(MetricsText& text, const std::map<std::string, Gauges>& gauges) {
  text.family("ccnproxy_upstream_rtt_seconds", "gauge",
              "Round trip to the origin, as its last connection measured it.");
  for (const auto& [origin, of_origin] : gauges) {
    if (origin == "other" || !of_origin.path.rtt) continue;
    text.sample(origin_label(origin), std::chrono::duration<double>(*of_origin.path.rtt).count());
  }
  text.family("ccnproxy_upstream_retransmit_ratio", "gauge",
              "Share of packets lost lately on the way to or from the origin, as the kernel counts "
              "what was sent again or came behind a gap; only of far origins in use.");
  for (const auto& [origin, of_origin] : gauges) {
    if (origin == "other" || !of_origin.path.loss) continue;
    text.sample(origin_label(origin), *of_origin.path.loss);
  }
}

void write_breakers(MetricsText& text, const std::map<std::string, Gauges>& gauges) {
  text.family("ccnproxy_breaker_state", "gauge",
              "Circuit breaker of the origin: 0 closed, 1 half-open (one request tries), 2 open: "
              "requests are refused.");
  for (const auto& [origin, of_origin] : gauges) {
    if (origin != "other") text.sample(origin_label(origin), std::uint64_t(of_origin.breaker));
  }
}

void write_certificates(MetricsText& text, const std::map<std::string, Gauges>& gauges) {
  text.family("ccnproxy_upstream_certificate_expiry_timestamp_seconds", "gauge",
              "When the first of the certificates ends that the origin's last connection was "
              "verified by, since the epoch.");
  for (const auto& [origin, of_origin] : gauges) {
    if (origin != "other" && of_origin.certificate_end)
      text.sample(origin_label(origin), static_cast<double>(*of_origin.certificate_end));
  }
}

void write_gauges(MetricsText& text, const std::map<std::string, Gauges>& gauges) {
  text.family("ccnproxy_upstream_connections", "gauge",
              "Connections to origins, by protocol and state.");
  for (const auto& [origin, of_origin] : gauges) {
    for (const auto& [kind, n] : of_origin.connections) {
      text.sample(origin_label(origin, "protocol=\"" + label_value(kind.first) + "\",state=\"" +
                                           label_value(kind.second) + '"'),
                  n);
    }
  }
  write_paths(text, gauges);
  write_breakers(text, gauges);
  write_certificates(text, gauges);
  text.family("ccnproxy_waiting_requests", "gauge", "Requests that wait for a connection now.");
  for (const auto& [origin, of_origin] : gauges)
    text.sample(origin_label(origin), of_origin.waiting);
}

void write_workers(MetricsText& text, const Reports& reports) {
  std::uint64_t clients = 0, pools = 0;
  std::map<std::size_t, std::uint64_t> held;
  for (const auto& worker : reports.workers) {
    clients += worker.clients;
    pools += worker.pools.size();
    held[worker.worker] = worker.held;
  }
  text.family("ccnproxy_clients", "gauge", "Client connections open.");
  text.sample("", clients);
  text.family("ccnproxy_pools", "gauge", "Pools: one for each origin and worker that uses it.");
  text.sample("", pools);
  text.family("ccnproxy_held_bytes", "gauge",
              "Bytes of messages that wait for slow clients and origins; limits.memory bounds each "
              "worker's.");
  for (const auto& [worker, bytes] : held)
    text.sample("worker=\"" + std::to_string(worker) + '"', bytes);
  text.family("ccnproxy_worker_up", "gauge",
              "1 if the worker answered for this page; else its counters are as it said last.");
  std::map<std::size_t, std::uint64_t> up;
  for (const auto& worker : reports.workers) up[worker.worker] = 1;
  for (const auto worker : reports.silent) up[worker] = 0;
  for (const auto& [worker, value] : up)
    text.sample("worker=\"" + std::to_string(worker) + '"', value);
}

void write_failures(MetricsText& text, const observe::WorkerMetrics& totals) {
  text.family("ccnproxy_failed_requests_total", "counter",
              "The same requests, by the side at fault and the phase.");
  for (std::size_t side = 0; side < observe::sides; ++side) {
    for (std::size_t phase = 0; phase < observe::phases; ++phase) {
      text.sample("side=\"" + std::string(to_string(static_cast<Side>(side))) + "\",phase=\"" +
                      std::string(to_string(static_cast<Phase>(phase))) + '"',
                  totals.failures[side][phase]);
    }
  }
}

void write_totals(MetricsText& text, const observe::WorkerMetrics& totals) {
  text.family("ccnproxy_request_duration_seconds", "histogram",
              "Time from a request's first byte to the last byte of its response.");
  text.histogram(totals.request_duration);
  text.family("ccnproxy_connection_wait_seconds", "histogram",
              "Time from asking for a connection to having one, of requests that got one; 0 where "
              "one stood ready.");
  text.histogram(totals.connection_wait);
  text.family("ccnproxy_request_connect_seconds", "histogram",
              "Time of the dials that requests waited for, by what it was spent on; part of the "
              "wait.");
  text.histogram(totals.connect_dns, "phase=\"dns\"");
  text.histogram(totals.connect_tcp, "phase=\"tcp\"");
  text.histogram(totals.connect_tls, "phase=\"tls\"");
}

double seconds_since_epoch(std::chrono::system_clock::time_point at) {
  return std::chrono::duration<double>(at.time_since_epoch()).count();
}

void write_process(MetricsText& text, const MetricsPage::Process& process) {
  text.family("ccnproxy_access_log_dropped_total", "counter",
              "Records that the access log lost because its sink did not keep up.");
  text.sample("", process.access_log_dropped);
  text.family("ccnproxy_clients_limit", "gauge", "How many client connections there may be.");
  text.sample("", std::uint64_t{process.client_limit});
  text.family("ccnproxy_ready", "gauge", "What /readyz says: 1 if traffic should come here.");
  text.sample("", std::uint64_t{process.ready});
  text.family("ccnproxy_config_last_reload_successful", "gauge",
              "1 if the last attempt to read the configuration put it in force; the start is one.");
  text.sample("", std::uint64_t{process.reloaded.successful});
  text.family("ccnproxy_config_last_reload_success_timestamp_seconds", "gauge",
              "When a configuration was put in force last, since the epoch.");
  text.sample("", seconds_since_epoch(process.reloaded.last_success));
  text.family("ccnproxy_build_info", "gauge", "Always 1; the version is in its label.");
  text.sample("version=\"" CCNPROXY_VERSION "\"", std::uint64_t{1});
  const auto& stats = process.stats;
  text.family("process_cpu_seconds_total", "counter", "CPU time, user and system.");
  text.sample("", stats.cpu_seconds);
  text.family("process_resident_memory_bytes", "gauge", "Memory in RAM.");
  text.sample("", stats.resident_bytes);
  text.family("process_virtual_memory_bytes", "gauge", "Address space.");
  text.sample("", stats.virtual_bytes);
  text.family("process_open_fds", "gauge", "Open file descriptors.");
  text.sample("", stats.open_fds);
  text.family("process_max_fds", "gauge", "How many file descriptors may be open.");
  text.sample("", stats.max_fds);
  text.family("process_start_time_seconds", "gauge", "Start of the process, since the epoch.");
  text.sample("", stats.start_time_seconds);
  if (!stats.slow_start_after_idle) return;
  text.family("ccnproxy_tcp_slow_start_after_idle", "gauge",
              "1 if the kernel takes idle connections' congestion windows away; it should be 0.");
  text.sample("", std::uint64_t{*stats.slow_start_after_idle});
}

}  // namespace

std::string MetricsPage::render(const Reports& reports, const Process& process) {
  ledger_.update(reports);
  for (const auto& worker : reports.workers) workers_[worker.worker] = worker.totals;
  observe::WorkerMetrics totals;
  for (const auto& [worker, metrics] : workers_) totals.add(metrics);

  MetricsText text;
  for (const auto worker : reports.silent)
    text.comment("worker " + std::to_string(worker) + " did not answer in time");
  const auto origins = ledger_.shown();
  write_requests(text, origins, totals);
  write_bytes(text, origins, totals);
  write_response_heads(text, origins);
  write_origins(text, origins);
  write_gauges(text, gauges_of(reports, ledger_));
  write_workers(text, reports);
  write_totals(text, totals);
  write_errors(text, origins, totals);
  write_failures(text, totals);
  write_states(text, OriginsHealth(reports), origins);
  write_process(text, process);
  return text.take();
}

}  // namespace ccnproxy::admin
