#pragma once

#include <string>
#include <vector>

#include "ccnproxy/base/clock.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::origin {

/// What is set of a connection's socket once its round trip is known.
struct PathTuning {
  std::string congestion_control;  ///< TCP_CONGESTION; empty: left to the kernel
  Duration min_rto{0};             ///< TCP_RTO_MIN_US (Linux 6.15); 0: left to the kernel

  bool operator==(const PathTuning&) const = default;
};

/// Whether any process may take this algorithm: it is one of
/// net.ipv4.tcp_allowed_congestion_control's. Reads a file; false where it can't be read.
bool is_allowed_congestion_control(const std::string& name);

/// By `tcp:` of the configuration. Near origins get nothing by `auto`: a packet that is lost there
/// is rare, and the kernel's own 200 ms are a guard against receivers that acknowledge late.
///
/// `min_rto` by `auto`: a quarter of the round trip, 50 to 200 ms. Linux acknowledges what it can't
/// answer within 40 ms; a receiver that is later than that gets the packet twice and says so (RFC
/// 2883), and the kernel takes its window back.
PathTuning tuning_for(const config::Tcp& settings, Duration rtt, bool bbr_allowed);

/// What the kernel does not know, or does not allow, is left as it is: each is an improvement, none
/// is needed. Whether it took all.
bool apply(int fd, const PathTuning& tuning) noexcept;

/// What of `tcp:` is configured, other than `auto`, and can't be had of this system or by this
/// process: a line for each key, with its value and what to do. Opens a socket to try it.
std::vector<std::string> tcp_shortcomings(const config::Config& config);

}  // namespace ccnproxy::origin
