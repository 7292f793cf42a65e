#include "ccnproxy/admin/http_stats.h"

#include <charconv>

#include "json_text.h"

namespace ccnproxy::admin {
namespace {

using ByStatus = std::map<std::uint16_t, std::uint64_t>;

/// chocon counts no others, and names these also where they are 0.
constexpr std::uint16_t always_named[] = {200, 400, 401, 403, 404, 500, 501, 502, 503, 504};
constexpr int percents[] = {90, 95, 99};

void add(ByStatus& to, const auto& what) {
  for (const auto& [status, n] : what) to[status] += n;
}

ByStatus requests_of(const WorkerReport& worker) {
  ByStatus all = worker.totals.requests_without_origin;
  add(all, worker.forgotten.requests);
  for (const auto& pool : worker.pools) add(all, pool.metrics.requests);
  for (const auto& origin : worker.gone) add(all, origin.metrics.requests);
  return all;
}

/// As exact as it is: chocon's are microseconds and less, too.
std::string seconds(double value) {
  char digits[32];
  return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
}

double seconds_of(Duration duration) { return std::chrono::duration<double>(duration).count(); }

void write_requests(JsonText& json, const ByStatus& requests) {
  std::uint64_t count = 0;
  for (const auto& [status, n] : requests) count += n;
  json.key("request").open('{').key("count").number(count).key("status_count").open('{');
  for (const auto& [status, n] : requests) json.key(std::to_string(status)).number(n);
  json.close('}').close('}');
}

void write_times(JsonText& json, const observe::DurationSpan& recent) {
  const auto n = static_cast<double>(recent.histogram.total());
  json.key("response").open('{');
  json.key("max_time").literal(seconds(seconds_of(recent.longest)));
  json.key("min_time").literal(n > 0 ? seconds(seconds_of(recent.shortest)) : "0");
  json.key("average_time").literal(n > 0 ? seconds(recent.histogram.sum_seconds() / n) : "0");
  json.key("percentiled_time").open('{');
  for (const auto percent : percents)
    json.key(std::to_string(percent)).literal(seconds(quantile(recent, percent / 100.0)));
  json.close('}').close('}');
}

}  // namespace

std::string HttpStats::render(const Reports& reports) {
  observe::DurationSpan recent;
  for (const auto& worker : reports.workers) {
    requests_[worker.worker] = requests_of(worker);
    recent.add(worker.recent);
  }
  ByStatus requests;
  for (const auto status : always_named) requests[status] = 0;
  for (const auto& [worker, of_worker] : requests_) add(requests, of_worker);
  JsonText json;
  json.open('{');
  write_requests(json, requests);
  write_times(json, recent);
  json.close('}');
  return json.take();
}

}  // namespace ccnproxy::admin
