#include "daemon_watch.h"

#include <regex>

#include "fakes/prometheus_text.h"
#include "fakes/raw_client.h"

namespace ccnproxy::soak {
namespace {

/// The sum of all numbers that a key has in a JSON text.
std::size_t sum_of(const std::string& json, const std::string& key) {
  const std::regex pattern("\"" + key + "\":([0-9]+)");
  std::size_t sum = 0;
  for (std::sregex_iterator it(json.begin(), json.end(), pattern), end; it != end; ++it)
    sum += std::stoul((*it)[1]);
  return sum;
}

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace

DaemonWatch::DaemonWatch(fakes::DaemonProcess& daemon)
    : daemon_(daemon), descriptors_(daemon.process().open_descriptors()) {}

std::string DaemonWatch::ask(const std::string& target) const {
  return fakes::RawClient(daemon_.admin_address()).get("admin", target).body;
}

std::string DaemonWatch::left_of_requests() const {
  const fakes::PrometheusText metrics(ask("/metrics"));
  const auto clients = metrics.value("ccnproxy_clients");
  const auto pools = ask("/pools");
  const auto streams = sum_of(pools, "streams");
  const auto waiting = sum_of(pools, "waiting");
  double held = 0;
  for (const auto& [series, bytes] : metrics.values())
    if (series.starts_with("ccnproxy_held_bytes{")) held += bytes;
  if (clients + held + static_cast<double>(streams + waiting) == 0) return "";
  return std::to_string(static_cast<int>(clients)) + " clients, " + std::to_string(streams) +
         " streams, " + std::to_string(waiting) + " waiting, " +
         std::to_string(static_cast<std::uint64_t>(held)) + " bytes held\n" + pools;
}

std::string DaemonWatch::left_of_connections() const {
  const auto pools = ask("/pools");
  const auto connections = occurrences(pools, "\"serial\":");
  const auto descriptors = daemon_.process().open_descriptors();
  if (connections == 0 && descriptors <= descriptors_) return "";
  return std::to_string(connections) + " connections; " + std::to_string(descriptors) +
         " descriptors, " + std::to_string(descriptors_) + " at the start\n" + pools;
}

}  // namespace ccnproxy::soak
