#include "ccnproxy/admin/pages.h"

#include <algorithm>
#include <iterator>

#include <unistd.h>

#include "ccnproxy/admin/config_yaml.h"
#include "ccnproxy/admin/pools_json.h"
#include "ccnproxy/admin/reload_json.h"

#include "dashboard_page.h"
#include "query.h"

namespace ccnproxy::admin {
namespace {

namespace asio = boost::asio;

constexpr std::string_view log_level_path = "/log-level";
constexpr std::string_view paths =
    "/          the dashboard, for a browser\n"
    "/healthz   alive\n"
    "/readyz    200 if traffic should come here, else 503\n"
    "/pools     JSON: each origin and its connections; see docs/admin.md for its filters\n"
    "/metrics   for Prometheus\n"
    "/config    the configuration in force\n"
    "/reload    JSON: what the last reload came to\n"
    "/log-level of the daemon's own log; POST /log-level?level=debug sets it\n"
    "/.api/http-stats   JSON: requests by status and what they took, as chocon has it\n";

Page text(unsigned status, std::string body) {
  Page page;
  page.status = status;
  page.body = std::move(body);
  return page;
}

Page typed(const char* type, std::string body) {
  Page page;
  page.type = type;
  page.body = std::move(body);
  return page;
}

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

Page dashboard() {
  Page page = typed("text/html; charset=utf-8", std::string(dashboard_page));
  page.policy = dashboard_policy;
  return page;
}

}  // namespace

Pages::Pages(asio::any_io_executor executor, Source& source,
             std::chrono::milliseconds answer_deadline)
    : source_(source), collector_(std::move(executor), source, answer_deadline) {}

asio::awaitable<Page> Pages::get(const std::string& target) {
  const auto [path, query] = split_target(target);
  if (path == "/healthz") co_return text(200, "ok\n");
  if (path == "/readyz") co_return readiness();
  if (path == "/pools") {
    const auto asked = parse_pools_query(query);
    if (!asked)
      co_return text(400,
                     "by is name, attention, requests, connections or unready; top a number\n");
    co_return co_await pools(*asked);
  }
  if (path == "/metrics") co_return co_await metrics();
  if (path == "/config") co_return typed("application/yaml", config_yaml(source_.config()));
  if (path == log_level_path) co_return text(200, source_.log_level() + '\n');
  if (path == "/reload")
    co_return typed("application/json", reload_json(::getpid(), source_.reload_outcome()));
  if (path == "/.api/http-stats") co_return co_await http_stats();
  if (path == "/") co_return dashboard();
  std::string what("Nothing is here. There are:\n\n");
  what += paths;
  co_return text(404, std::move(what));
}

bool Pages::is_quick(std::string_view target) noexcept {
  constexpr std::string_view costly[] = {"/pools", "/metrics", "/config", "/.api/http-stats"};
  return std::ranges::find(costly, split_target(target).path) == std::end(costly);
}

bool Pages::takes_post(std::string_view target) noexcept {
  return split_target(target).path == log_level_path;
}

Page Pages::post(const std::string& target) {
  const auto level = query_value(split_target(target).query, "level");
  if (source_.set_log_level(level)) return text(200, source_.log_level() + '\n');
  return text(400, "level is one of trace, debug, info, warn, error, critical and off\n");
}

Page Pages::readiness() const {
  const auto readiness = source_.readiness();
  return readiness.ready ? text(200, "ready\n") : text(503, readiness.reason + '\n');
}

asio::awaitable<Page> Pages::pools(const PoolsQuery& query) {
  const auto reports = co_await collector_.collect();
  co_return typed("application/json",
                  pools_json(*reports, query, source_.readiness(), host_name()));
}

asio::awaitable<Page> Pages::metrics() {
  const auto reports = co_await collector_.collect();
  MetricsPage::Process process;
  process.ready = source_.readiness().ready;
  process.client_limit = source_.client_limit();
  process.access_log_dropped = source_.access_log_dropped();
  process.reloaded = source_.reload_outcome();
  process.stats = read_process_stats();
  co_return typed("text/plain; version=0.0.4; charset=utf-8", metrics_.render(*reports, process));
}

asio::awaitable<Page> Pages::http_stats() {
  const auto reports = co_await collector_.collect();
  co_return typed("application/json", stats_.render(*reports));
}

}  // namespace ccnproxy::admin
