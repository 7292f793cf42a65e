#include "ccnproxy/origin/path_tuning.h"

#include <algorithm>
#include <fstream>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "ccnproxy/base/quantity_text.h"
#include "ccnproxy/base/unique_fd.h"
#include "ccnproxy/origin/path.h"

namespace ccnproxy::origin {
namespace {

using namespace std::chrono_literals;

/// TCP_RTO_MIN_US, which headers before Linux 6.15 lack.
constexpr int rto_min_us = 45;

constexpr Duration least_min_rto = 50ms;
constexpr Duration usual_min_rto = 200ms;  ///< the kernel's TCP_RTO_MIN

/// Whether this process may have it, as a socket of its own tells.
bool can_have(const PathTuning& tuning) {
  const UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return !fd || apply(fd.get(), tuning);
}

void add_shortcomings(const config::Tcp& settings, std::vector<std::string>& lines) {
  const auto add = [&](std::string line) {
    if (std::find(lines.begin(), lines.end(), line) == lines.end())
      lines.push_back(std::move(line));
  };
  const auto& name = settings.congestion_control;
  if (name != "auto" && name != "system" && !can_have({name, Duration(0)}))
    add("tcp.congestion_control: " + name +
        " can't be had here, so connections to origins keep the system's; load the module tcp_" +
        name + " and add it to net.ipv4.tcp_allowed_congestion_control");
  if (settings.min_rto && *settings.min_rto > Duration(0) && !can_have({{}, *settings.min_rto}))
    add("tcp.min_rto: " + time_text(*settings.min_rto) +
        " can't be had here (Linux 6.15 and newer have it), so connections to origins keep the "
        "kernel's 200 ms");
}

}  // namespace

bool is_allowed_congestion_control(const std::string& name) {
  std::ifstream file("/proc/sys/net/ipv4/tcp_allowed_congestion_control");
  for (std::string word; file >> word;) {
    if (word == name) return true;
  }
  return false;
}

PathTuning tuning_for(const config::Tcp& settings, Duration rtt, bool bbr_allowed) {
  const bool far = is_far(rtt);
  PathTuning tuning;
  if (settings.congestion_control == "auto") {
    if (far && bbr_allowed) tuning.congestion_control = "bbr";
  } else if (settings.congestion_control != "system") {
    tuning.congestion_control = settings.congestion_control;
  }
  if (settings.min_rto) {
    tuning.min_rto = *settings.min_rto;
  } else if (far) {
    tuning.min_rto = std::clamp<Duration>(rtt / 4, least_min_rto, usual_min_rto);
  }
  return tuning;
}

bool apply(int fd, const PathTuning& tuning) noexcept {
  bool all = true;
  if (const auto& name = tuning.congestion_control; !name.empty()) {
    const auto size = static_cast<socklen_t>(name.size());
    all = ::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name.data(), size) == 0;
  }
  if (tuning.min_rto > Duration(0)) {
    const auto us =
        static_cast<int>(std::chrono::ceil<std::chrono::microseconds>(tuning.min_rto).count());
    all = ::setsockopt(fd, IPPROTO_TCP, rto_min_us, &us, sizeof us) == 0 && all;
  }
  return all;
}

std::vector<std::string> tcp_shortcomings(const config::Config& config) {
  std::vector<std::string> lines;
  add_shortcomings(config.tcp, lines);
  for (const auto& entry : config.overrides) add_shortcomings(entry.tcp, lines);
  return lines;
}

}  // namespace ccnproxy::origin
