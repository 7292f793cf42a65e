#include "ccnproxy/admin/metrics_page.h"

#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/failure.h"
#include "fakes/prometheus_text.h"
#include "reports.h"

namespace ccnproxy::admin {
namespace {

using namespace std::chrono_literals;
using fakes::PrometheusText;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::Ge;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::Not;

std::string series(const std::string& name, const std::string& origin,
                   const std::string& more = "") {
  return name + "{origin=\"" + origin + '"' + (more.empty() ? "" : ',' + more) + '}';
}

std::string requests(const std::string& origin) {
  return series("ccnproxy_requests_total", origin, "code=\"200\"");
}

WorkerReport busy_worker() {
  auto pool = pool_of("https://a.test", 3);
  pool.protocol = "h2";
  pool.waiting = 2;
  auto& metrics = pool.metrics;
  metrics.requests[499] = 1;
  metrics.waits = {5, 3, 1};
  metrics.bytes_in = 30;
  metrics.bytes_out = 40;
  pool.path = {102ms, 0.012};
  pool.breaker.state = pool::BreakerState::open;
  pool.certificate_end = 1'800'000'000;
  metrics.handshakes[1][2] = 4;
  metrics.failed_dials = 6;
  metrics.closed.add("goaway", 2);
  metrics.retries[1] = 7;
  metrics.response_head.add(1ms);
  metrics.response_head.add(1500ms);
  metrics.response_head.add(10min);
  pool.connections.resize(3);
  pool.connections[0].state = pool.connections[1].state = "ready";
  pool.connections[0].protocol = pool.connections[1].protocol = "h2";
  pool.connections[2].state = "connecting";
  auto report = worker_with(0, {pool});
  report.clients = 9;
  report.held = 12345;
  report.totals.count_timings({.wait = 2ms, .dns = 0ms, .tcp = 1ms, .total = 3ms});
  report.totals.count_timings({.wait = 0ms});
  report.totals.count_error({ErrorType::dns_timeout, Side::origin, Phase::dns, {}, ""});
  report.totals.bytes_in_without_origin = 10;
  report.totals.bytes_out_without_origin = 20;
  report.totals.requests_without_origin[400] = 8;
  return report;
}

TEST(MetricsPage, has_the_metrics_of_the_contract) {
  MetricsPage page;
  MetricsPage::Process process;
  process.access_log_dropped = 11;
  process.client_limit = 500;
  process.reloaded = {false, std::chrono::system_clock::time_point(1'700'000'000s + 500ms)};
  const PrometheusText text(page.render(reports_of({busy_worker()}), process));
  const std::pair<const char*, double> wanted[] = {
      {R"(ccnproxy_requests_total{origin="https://a.test",code="200"})", 3},
      {R"(ccnproxy_requests_total{origin="https://a.test",code="499"})", 1},
      {R"(ccnproxy_requests_total{origin="none",code="400"})", 8},
      {R"(ccnproxy_config_last_reload_successful)", 0},
      {R"(ccnproxy_config_last_reload_success_timestamp_seconds)", 1'700'000'000.5},
      {R"(ccnproxy_request_duration_seconds_bucket{le="0.002"})", 0},
      {R"(ccnproxy_request_duration_seconds_bucket{le="0.004"})", 1},
      {R"(ccnproxy_request_duration_seconds_sum)", 0.003},
      {R"(ccnproxy_request_duration_seconds_count)", 1},
      {R"(ccnproxy_upstream_response_head_seconds_bucket{origin="https://a.test",le="0.001"})", 1},
      {R"(ccnproxy_upstream_response_head_seconds_bucket{origin="https://a.test",le="2.048"})", 2},
      {R"(ccnproxy_upstream_response_head_seconds_bucket{origin="https://a.test",le="65.536"})", 2},
      {R"(ccnproxy_upstream_response_head_seconds_bucket{origin="https://a.test",le="+Inf"})", 3},
      {R"(ccnproxy_upstream_response_head_seconds_sum{origin="https://a.test"})", 601.501},
      {R"(ccnproxy_upstream_response_head_seconds_count{origin="https://a.test"})", 3},
      {R"(ccnproxy_connection_wait_total{origin="https://a.test",result="ready"})", 5},
      {R"(ccnproxy_connection_wait_total{origin="https://a.test",result="waited"})", 3},
      {R"(ccnproxy_connection_wait_total{origin="https://a.test",result="dialed"})", 1},
      {R"(ccnproxy_upstream_connections{origin="https://a.test",protocol="h2",state="ready"})", 2},
      {R"(ccnproxy_upstream_connections{origin="https://a.test",protocol="unknown",state="connecting"})",
       1},
      {R"(ccnproxy_upstream_handshakes_total{origin="https://a.test",resumed="true",cause="replace"})",
       4},
      {R"(ccnproxy_upstream_handshakes_total{origin="https://a.test",resumed="false",cause="request"})",
       0},
      {R"(ccnproxy_upstream_failed_dials_total{origin="https://a.test"})", 6},
      {R"(ccnproxy_upstream_closed_total{origin="https://a.test",reason="goaway"})", 2},
      {R"(ccnproxy_retries_total{origin="https://a.test",reason="refused"})", 7},
      {R"(ccnproxy_retries_total{origin="https://a.test",reason="not_sent"})", 0},
      {R"(ccnproxy_waiting_requests{origin="https://a.test"})", 2},
      {R"(ccnproxy_connection_wait_seconds_bucket{le="0.001"})", 1},
      {R"(ccnproxy_connection_wait_seconds_sum)", 0.002},
      {R"(ccnproxy_connection_wait_seconds_count)", 2},
      {R"(ccnproxy_request_connect_seconds_count{phase="dns"})", 1},
      {R"(ccnproxy_request_connect_seconds_bucket{phase="tcp",le="0.001"})", 1},
      {R"(ccnproxy_request_connect_seconds_sum{phase="tcp"})", 0.001},
      {R"(ccnproxy_request_connect_seconds_count{phase="tls"})", 0},
      {R"(ccnproxy_failed_requests_total{side="origin",phase="dns"})", 1},
      {R"(ccnproxy_failed_requests_total{side="proxy",phase="queue"})", 0},
      {R"(ccnproxy_failed_requests_total{side="client",phase="request"})", 0},
      {R"(ccnproxy_errors_total{type="dns_timeout"})", 1},
      {R"(ccnproxy_errors_total{type="proxy_loop_detected"})", 0},
      {R"(ccnproxy_clients)", 9},
      {R"(ccnproxy_held_bytes{worker="0"})", 12345},
      {R"(ccnproxy_clients_limit)", 500},
      {R"(ccnproxy_pools)", 1},
      {R"(ccnproxy_bytes_total{origin="none",direction="in"})", 10},
      {R"(ccnproxy_bytes_total{origin="none",direction="out"})", 20},
      {R"(ccnproxy_bytes_total{origin="https://a.test",direction="in"})", 30},
      {R"(ccnproxy_bytes_total{origin="https://a.test",direction="out"})", 40},
      {R"(ccnproxy_upstream_rtt_seconds{origin="https://a.test"})", 0.102},
      {R"(ccnproxy_upstream_retransmit_ratio{origin="https://a.test"})", 0.012},
      {R"(ccnproxy_breaker_state{origin="https://a.test"})", 2},
      {R"(ccnproxy_upstream_certificate_expiry_timestamp_seconds{origin="https://a.test"})", 1.8e9},
      {R"(ccnproxy_access_log_dropped_total)", 11},
      {R"(ccnproxy_worker_up{worker="0"})", 1},
      {R"(ccnproxy_ready)", 1},
      {"ccnproxy_build_info{version=\"" CCNPROXY_VERSION "\"}", 1},
  };
  for (const auto& [name, value] : wanted) EXPECT_DOUBLE_EQ(text.value(name), value) << name;
}

TEST(MetricsPage, knows_its_process) {
  MetricsPage page;
  const PrometheusText text(page.render({}, {.stats = read_process_stats()}));
  EXPECT_GT(text.value("process_resident_memory_bytes"), 1e6);
  EXPECT_GT(text.value("process_virtual_memory_bytes"),
            text.value("process_resident_memory_bytes"));
  EXPECT_GE(text.value("process_open_fds"), 3);
  EXPECT_GE(text.value("process_max_fds"), text.value("process_open_fds"));
  EXPECT_GE(text.value("process_cpu_seconds_total"), 0);
  const auto now = static_cast<double>(::time(nullptr));
  EXPECT_GT(text.value("process_start_time_seconds"), now - 24 * 3600);
  EXPECT_LT(text.value("process_start_time_seconds"), now + 60);
}

TEST(MetricsPage, adds_up_the_workers) {
  MetricsPage page;
  const PrometheusText text(page.render(reports_of({worker_with(0, {pool_of("https://a", 3)}),
                                                    worker_with(1, {pool_of("https://a", 4)})}),
                                        {}));
  EXPECT_EQ(text.value(requests("https://a")), 7);
  EXPECT_EQ(text.value("ccnproxy_pools"), 2);
}

TEST(MetricsPage, a_silent_worker_is_named_and_its_counters_stay) {
  MetricsPage page;
  auto other = worker_with(1, {pool_of("https://b", 5)});
  other.totals.bytes_in_without_origin = 100;
  other.forgotten.requests[200] = 2;
  page.render(reports_of({busy_worker(), other}), {});
  const auto text = page.render(reports_of({busy_worker()}, {1}), {});
  EXPECT_THAT(text, HasSubstr("# worker 1 did not answer in time\n"));
  const PrometheusText parsed(text);
  EXPECT_EQ(parsed.value("ccnproxy_worker_up{worker=\"1\"}"), 0);
  EXPECT_EQ(parsed.value(requests("https://b")), 5);
  EXPECT_EQ(parsed.value(requests("other")), 2);
  EXPECT_EQ(parsed.value("ccnproxy_bytes_total{origin=\"none\",direction=\"in\"}"), 110);
}

TEST(MetricsPage, forgotten_pools_are_counted_as_other) {
  MetricsPage page;
  auto report = worker_with(0, {pool_of("https://a", 3)});
  page.render(reports_of({report}), {});
  report = worker_with(0, {});
  report.forgotten.requests[200] = 4;
  const PrometheusText text(page.render(reports_of({report}), {}));
  EXPECT_FALSE(text.has(requests("https://a")));
  EXPECT_EQ(text.value(requests("other")), 4);
}

// The pool of an origin that is down and asked each 40 seconds is there in no scrape.
TEST(MetricsPage, an_origin_without_a_pool_keeps_its_series_for_an_hour) {
  MetricsPage page;
  auto report = worker_with(0, {});
  report.gone.push_back({"https://rare", {}, {}});
  auto& gone = report.gone.back();
  gone.metrics.requests[504] = 1;
  gone.metrics.errors[{Side::origin, ErrorType::connection_timeout}] = 1;
  gone.outcomes.in_a_row = gone.outcomes.requests = gone.outcomes.failed = 4;
  gone.outcomes.last_failure = {{}, 504, Phase::tls, "no answer"};
  page.render(reports_of({report}), {});
  gone.metrics.requests[504] = 2;
  const PrometheusText text(page.render(reports_of({report}), {}));
  EXPECT_EQ(text.value(R"(ccnproxy_requests_total{origin="https://rare",code="504"})"), 2);
  EXPECT_EQ(
      text.value(
          R"(ccnproxy_errors_total{origin="https://rare",source="origin",type="connection_timeout"})"),
      1);
  EXPECT_EQ(text.value(R"(ccnproxy_origin_state{origin="https://rare",state="unreachable"})"), 1);
  EXPECT_EQ(text.value(R"(ccnproxy_origin_state{origin="https://rare",state="healthy"})"), 0);
}

TEST(MetricsPage, F103_origins_with_a_pool_get_the_names_of_those_without) {
  MetricsPage page(2);
  auto report = worker_with(0, {pool_of("https://a", 3)});
  report.gone.push_back({"https://gone", {}, {}});
  report.gone.back().metrics.requests[200] = 900;
  const PrometheusText first(page.render(reports_of({report}), {}));
  EXPECT_EQ(first.value(requests("https://gone")), 900);
  report.pools.push_back(pool_of("https://b", 1));
  const PrometheusText second(page.render(reports_of({report}), {}));
  EXPECT_EQ(second.value(requests("https://a")), 3);
  EXPECT_EQ(second.value(requests("https://b")), 1);
  EXPECT_FALSE(second.has(requests("https://gone")));
  EXPECT_EQ(second.value(requests("other")), 900);
}

TEST(MetricsPage, a_pool_made_anew_between_two_scrapes_counts_on) {
  MetricsPage page;
  page.render(reports_of({worker_with(0, {pool_of("https://a", 10)}),
                          worker_with(1, {pool_of("https://a", 5)})}),
              {});
  auto report = worker_with(0, {pool_of("https://a", 3)});
  report.forgotten.requests[200] = 11;
  const PrometheusText text(
      page.render(reports_of({report, worker_with(1, {pool_of("https://a", 6)})}), {}));
  EXPECT_EQ(text.value(requests("https://a")), 10 + 5 + 3 + 1);
  EXPECT_EQ(text.value(requests("other")), 1);  // after the first scrape, before it was forgotten
}

TEST(MetricsPage, F103_the_busiest_origins_keep_their_names_the_rest_are_other) {
  MetricsPage page(100);
  std::vector<pool::PoolReport> pools;
  for (std::uint64_t i = 1; i <= 1000; ++i)
    pools.push_back(pool_of("https://o" + std::to_string(i), i));
  const PrometheusText first(page.render(reports_of({worker_with(0, pools)}), {}));
  EXPECT_EQ(first.label_values("origin").size(), 102U);  // and other, and none
  EXPECT_EQ(first.value(requests("https://o1000")), 1000);
  EXPECT_EQ(first.value(requests("https://o901")), 901);
  EXPECT_FALSE(first.has(requests("https://o900")));
  EXPECT_EQ(first.value(requests("other")), 900 * 901 / 2);

  pools[0].metrics.requests[200] += 1'000'000;  // the busiest now, but all names are in use
  const PrometheusText second(page.render(reports_of({worker_with(0, pools)}), {}));
  EXPECT_EQ(second.label_values("origin"), first.label_values("origin"));
  EXPECT_EQ(second.value(requests("other")), 900 * 901 / 2 + 1'000'000);

  const double gone = 1000;
  pools.pop_back();  // a name becomes free
  auto report = worker_with(0, pools);
  report.forgotten.requests[200] = 1000;
  const PrometheusText third(page.render(reports_of({report}), {}));
  EXPECT_EQ(third.value(requests("https://o1")), 0);  // what was counted as other stays there
  EXPECT_EQ(third.value(requests("other")), second.value(requests("other")) + gone);
  report.pools[0].metrics.requests[200] += 5;
  const PrometheusText fourth(page.render(reports_of({report}), {}));
  EXPECT_EQ(fourth.value(requests("https://o1")), 5);
  EXPECT_EQ(fourth.value(requests("other")), third.value(requests("other")));
}

TEST(MetricsPage, F104_a_hostile_origin_breaks_no_line) {
  MetricsPage page;
  auto pool = pool_of("https://x\"} 1\nevil_total 5 \\\xff", 1);
  pool.metrics.closed.add("a\"\nb", 1);
  const PrometheusText text(page.render(reports_of({worker_with(0, {pool})}), {}));
  EXPECT_FALSE(text.has("evil_total"));
  EXPECT_EQ(
      text.value(
          R"(ccnproxy_requests_total{origin="https://x\"} 1\\u000aevil_total 5 \\\\u00ff",code="200"})"),
      1);
}

/// Workers whose pools come, count, are forgotten and come again, and which sometimes say nothing.
class Churn {
 public:
  explicit Churn(unsigned seed) : random_(seed), workers_(3) {
    for (std::size_t i = 0; i < workers_.size(); ++i) workers_[i].worker = i;
  }

  void step() {
    for (auto& worker : workers_) {
      for (unsigned n = below(3); n > 0; --n) count(worker);
      if (below(2) == 0) forget(worker);
    }
  }
  Reports ask() {
    Reports reports;
    for (const auto& worker : workers_) {
      if (below(4) == 0)
        reports.silent.push_back(worker.worker);
      else
        reports.workers.push_back(worker);
    }
    return reports;
  }
  Reports ask_all() const { return {workers_, {}}; }
  double requests() const { return requests_; }

 private:
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

  void count(WorkerReport& worker) {
    const auto origin = "https://o" + std::to_string(below(8));
    auto found = std::find_if(worker.pools.begin(), worker.pools.end(),
                              [&](const auto& pool) { return pool.origin == origin; });
    if (found == worker.pools.end()) {
      found = worker.pools.insert(worker.pools.end(), pool_of(origin));
      const auto was = std::find_if(worker.gone.begin(), worker.gone.end(),
                                    [&](const auto& gone) { return gone.origin == origin; });
      if (was != worker.gone.end()) {
        found->metrics = was->metrics;
        worker.gone.erase(was);
      }
    }
    auto& metrics = found->metrics;
    const unsigned n = 1 + below(9);
    metrics.requests[static_cast<std::uint16_t>(200 + below(3))] += n;
    requests_ += n;
    metrics.waits[below(3)] += n;
    metrics.closed.add("r" + std::to_string(below(50)));  // more than CountsByText keeps
    metrics.response_head.add(std::chrono::nanoseconds(below(1'000'000'000)));
    worker.totals.bytes_in_without_origin += n;
  }

  void forget(WorkerReport& worker) {
    if (worker.pools.empty()) return;
    const auto at = worker.pools.begin() + below(static_cast<unsigned>(worker.pools.size()));
    // As pool::OriginHistory does it: by name for a while, then in the sum of all.
    worker.gone.push_back({at->origin, at->metrics, {}});
    worker.pools.erase(at);
    if (worker.gone.size() <= below(4)) return;
    worker.forgotten.add(worker.gone.front().metrics);
    worker.gone.erase(worker.gone.begin());
  }

  std::mt19937 random_;
  std::vector<WorkerReport> workers_;
  double requests_ = 0;
};

double sum_of(const PrometheusText& text, const std::string& family) {
  double sum = 0;
  for (const auto& [name, value] : text.values()) {
    if (name.rfind(family + '{', 0) == 0) sum += value;
  }
  return sum;
}

// A counter that goes backwards is a restart to Prometheus, which then counts all of it again.
TEST(MetricsPage, F103_no_counter_goes_backwards_whatever_pools_and_workers_do) {
  for (unsigned seed = 1; seed <= 4; ++seed) {
    Churn churn(seed);
    MetricsPage page(3);
    std::map<std::string, double> before;
    for (int scrape = 0; scrape < 30; ++scrape) {
      churn.step();
      const PrometheusText text(page.render(churn.ask(), {}));
      for (const auto& [name, value] : before) {
        const bool of_other = name.find("origin=\"other\"") != name.npos;
        if (!text.is_monotone(name) || (!text.has(name) && !of_other)) continue;
        ASSERT_GE(text.value(name), value) << name << " seed " << seed << " scrape " << scrape;
      }
      before = text.values();
      ASSERT_LE(text.label_values("origin").size(), 5U);
      if (scrape % 2 > 0) continue;
      // Whatever the series it is in, each request is counted exactly once.
      const PrometheusText all(page.render(churn.ask_all(), {}));
      ASSERT_EQ(sum_of(all, "ccnproxy_requests_total"), churn.requests()) << "seed " << seed;
      before = all.values();
    }
  }
}

}  // namespace
}  // namespace ccnproxy::admin
