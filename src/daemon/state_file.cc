#include "state_file.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include "ccnproxy/base/new_file.h"

namespace ccnproxy::daemon {
namespace {

constexpr std::size_t largest_file = 16 * 1024 * 1024;
constexpr int format_version = 1;

/// What is wrong with the file, for its reader.
class StateFault : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::int64_t unix_seconds(system_clock::time_point t) {
  return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

template <class T>
std::optional<T> number(const YAML::Node& node, const char* key, T least, T most) {
  if (!node[key]) return std::nullopt;
  const auto value = node[key].as<T>();
  if (!(value >= least && value <= most)) throw YAML::Exception(node[key].Mark(), "out of range");
  return value;
}

std::optional<Duration> duration(const YAML::Node& node, const char* key) {
  const auto ms = number<std::int64_t>(node, key, 1, 86'400'000 * 365LL);
  return ms ? std::optional<Duration>(milliseconds(*ms)) : std::nullopt;
}

pool::OriginSnapshot snapshot_of(const YAML::Node& node) {
  pool::OriginSnapshot m;
  const auto origin = origin::Origin::parse(node["origin"].as<std::string>());
  if (!origin) throw YAML::Exception(node["origin"].Mark(), "not an origin");
  m.origin = *origin;
  if (node["protocol"])
    m.protocol = node["protocol"].as<std::string>() == "h2" ? origin::Protocol::http2
                                                            : origin::Protocol::http1;
  m.stream_limit = number<std::uint32_t>(node, "stream_limit", 1, 1'000'000'000).value_or(100);
  m.peak = number<std::size_t>(node, "peak", 0, 1'000'000).value_or(0);
  m.limits.idle = duration(node, "idle_limit_ms");
  m.limits.unused = duration(node, "unused_limit_ms");
  m.limits.age = duration(node, "age_limit_ms");
  m.limits.requests = number<std::uint64_t>(node, "request_limit", 1, 1ULL << 40);
  if (const auto us = number<std::int64_t>(node, "rtt_us", 1, 60'000'000))
    m.rtt = std::chrono::microseconds(*us);
  m.loss = number<double>(node, "loss_ppm", 0, 1e6).value_or(0) / 1e6;
  if (const auto until = number<std::int64_t>(node, "http1_required_until", 1, 1LL << 33))
    m.http1_until = system_clock::time_point(std::chrono::seconds(*until));
  // Seconds since 1970, as many as nanoseconds of 64 bits can be.
  const auto used = number<std::int64_t>(node, "last_used", 0, 1LL << 33).value_or(0);
  m.last_used = system_clock::time_point(std::chrono::seconds(used));
  return m;
}

void append(std::string& out, const pool::OriginSnapshot& m) {
  std::ostringstream line;
  line << "  - {origin: \"" << m.origin.to_string() << '"';
  if (m.protocol) line << ", protocol: " << to_string(*m.protocol);
  line << ", stream_limit: " << m.stream_limit << ", peak: " << m.peak;
  const auto ms = [&](const char* key, const std::optional<Duration>& value) {
    if (value)
      line << ", " << key << ": " << std::chrono::duration_cast<milliseconds>(*value).count();
  };
  ms("idle_limit_ms", m.limits.idle);
  ms("unused_limit_ms", m.limits.unused);
  ms("age_limit_ms", m.limits.age);
  if (m.rtt)
    line << ", rtt_us: " << std::chrono::duration_cast<std::chrono::microseconds>(*m.rtt).count();
  if (m.loss > 0) line << ", loss_ppm: " << std::llround(m.loss * 1e6);
  if (m.http1_until) line << ", http1_required_until: " << unix_seconds(*m.http1_until);
  if (m.limits.requests) line << ", request_limit: " << *m.limits.requests;
  line << ", last_used: " << unix_seconds(m.last_used) << "}\n";
  out += line.str();
}

std::string failure(const std::string& what) { return what + ": " + std::strerror(errno); }

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

}  // namespace

RememberedState read_state_file(const std::string& path) {
  RememberedState state;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno != ENOENT) state.fault = failure(path);
    return state;
  }
  try {
    if (!S_ISREG(info.st_mode) || static_cast<std::size_t>(info.st_size) > largest_file)
      throw StateFault("it is no file of a sensible size");
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    const auto root = YAML::Load(text.str());
    if (root["version"].as<int>() != format_version)
      throw StateFault("it was written by another version");
    if (!root["origins"].IsSequence()) throw StateFault("it holds no list of origins");
    for (const auto& node : root["origins"]) state.origins.push_back(snapshot_of(node));
  } catch (const StateFault& fault) {
    state.origins.clear();
    state.fault = path + ": " + fault.what();
  } catch (const YAML::Exception& error) {
    state.origins.clear();
    state.fault = path + ':' + std::to_string(std::max(error.mark.line, 0) + 1) +
                  ": this is not what ccnproxy writes";
  } catch (const std::exception&) {
    state.origins.clear();
    state.fault = path + ": it can't be used";
  }
  return state;
}

std::string state_text(std::vector<pool::OriginSnapshot> origins) {
  std::sort(origins.begin(), origins.end(), [](const auto& a, const auto& b) {
    return std::tie(a.origin, b.last_used) < std::tie(b.origin, a.last_used);
  });
  std::string text(
      "# Which origins this ccnproxy keeps ready, for its next start. Written by it.\nversion: ");
  text += std::to_string(format_version);
  text += "\norigins:\n";
  for (auto it = origins.begin(); it != origins.end();) {
    auto merged = *it;  // of all workers, the one that used the origin last
    for (++it; it != origins.end() && it->origin == merged.origin; ++it) {
      merged.peak = std::max(merged.peak, it->peak);
      if (!merged.protocol) merged.protocol = it->protocol;
      merged.http1_until = std::max(merged.http1_until, it->http1_until);
    }
    append(text, merged);
  }
  if (origins.empty()) text += "  []\n";
  return text;
}

std::optional<std::string> write_state_file(const std::string& path, const std::string& text) {
  const auto beside = path + ".new";
  auto fd = create_new_file(beside, 0600);
  if (!fd) return failure(beside);
  if (!write_all(fd.get(), text) || ::fsync(fd.get()) != 0) return failure(beside);
  fd.reset();
  if (::rename(beside.c_str(), path.c_str()) != 0) return failure(path);
  return std::nullopt;
}

}  // namespace ccnproxy::daemon
