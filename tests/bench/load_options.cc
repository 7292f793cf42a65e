#include "load_options.h"

#include <charconv>
#include <functional>
#include <map>
#include <stdexcept>
#include <string_view>

namespace ccnproxy::bench {
namespace {

/// A head is kept for each.
constexpr std::uint64_t most_hosts = 1'000'000;

[[noreturn]] void reject(std::string_view option, std::string_view value) {
  throw std::invalid_argument("bad value for " + std::string(option) + ": '" + std::string(value) +
                              "'");
}

template <typename Number>
Number number(std::string_view option, std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < Number{}) {
    reject(option, text);
  }
  return value;
}

void read_status(LoadOptions& options, std::string_view option, std::string_view text) {
  if (text == "2xx") {
    options.status_from = 200;
    options.status_to = 299;
    return;
  }
  options.status_from = options.status_to = number<int>(option, text);
}

void read_watch(LoadOptions& options, std::string_view option, std::string_view text) {
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    options.watch.push_back(number<pid_t>(option, text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
}

std::chrono::milliseconds seconds(std::string_view option, std::string_view text) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(number<double>(option, text) * 1000));
}

using Reader = std::function<void(LoadOptions&, std::string_view option, std::string_view value)>;

const std::map<std::string_view, Reader>& readers() {
  static const std::map<std::string_view, Reader> table = {
      {"--port", [](auto& o, auto n, auto v) { o.port = number<std::uint16_t>(n, v); }},
      {"--host", [](auto& o, auto, auto v) { o.host = v; }},
      {"--hosts", [](auto& o, auto n, auto v) { o.hosts = number<std::uint64_t>(n, v); }},
      {"--first-host", [](auto& o, auto n, auto v) { o.first_host = number<std::uint64_t>(n, v); }},
      {"--path", [](auto& o, auto, auto v) { o.path = v; }},
      {"--connections", [](auto& o, auto n, auto v) { o.connections = number<std::size_t>(n, v); }},
      {"--duration", [](auto& o, auto n, auto v) { o.duration = seconds(n, v); }},
      {"--requests", [](auto& o, auto n, auto v) { o.requests = number<std::uint64_t>(n, v); }},
      {"--rate", [](auto& o, auto n, auto v) { o.rate = number<double>(n, v); }},
      {"--upload", [](auto& o, auto n, auto v) { o.upload_bytes = number<std::uint64_t>(n, v); }},
      {"--expect", [](auto& o, auto n, auto v) { o.expect_bytes = number<std::uint64_t>(n, v); }},
      {"--status", read_status},
      {"--drain", [](auto& o, auto n, auto v) { o.drain = seconds(n, v); }},
      {"--watch", read_watch},
  };
  return table;
}

void check(const LoadOptions& options) {
  if (options.port == 0) throw std::invalid_argument("--port is needed");
  if (options.hosts == 0 || options.hosts > most_hosts) {
    throw std::invalid_argument("--hosts must be from 1 to " + std::to_string(most_hosts));
  }
  if (options.hosts > 1 && options.host.find('%') == std::string::npos) {
    throw std::invalid_argument("--hosts needs a % in --host, for the number");
  }
  if (options.connections == 0) throw std::invalid_argument("--connections must be at least 1");
}

}  // namespace

LoadOptions parse_load_options(int argc, char** argv) {
  LoadOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--connection-each") {
      options.connection_each = true;
      continue;
    }
    const auto reader = readers().find(name);
    if (reader == readers().end()) {
      throw std::invalid_argument("unknown option " + std::string(name));
    }
    if (++i == argc) throw std::invalid_argument(std::string(name) + " needs a value");
    reader->second(options, name, argv[i]);
  }
  check(options);
  return options;
}

std::string load_usage() {
  return "usage: bench_load --port N [options]: HTTP/1.1 load on 127.0.0.1, result as JSON\n"
         "  --host NAME --path TARGET     the Host field and the target\n"
         "  --hosts N --first-host K      hosts in turn from number K on; % in NAME is the number\n"
         "  --connections N               client connections (1)\n"
         "  --duration S --requests N     when to stop starting requests, whichever comes first\n"
         "  --rate R                      open loop, R requests a second on a fixed schedule\n"
         "  --connection-each             a new connection for every request\n"
         "  --upload BYTES                PUT so many bytes instead of GET\n"
         "  --expect BYTES --status N|2xx what every response must have\n"
         "  --drain S                     how long to wait for the last answers (20)\n"
         "  --watch PID,...               report the scheduler time of these processes\n";
}

}  // namespace ccnproxy::bench
