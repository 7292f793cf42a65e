#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace ccnproxy::wan {

/// What one direction of the link does to packets. Both directions get the same.
struct LinkOptions {
  std::chrono::nanoseconds delay = std::chrono::milliseconds(50);  ///< one way: half the RTT
  std::chrono::nanoseconds jitter{0};   ///< up to so much more or less, evenly spread
  double loss_percent = 0;              ///< of the packets
  double loss_burst = 1;                ///< packets lost in a row, on average; 1 = each on its own
  double rate_mbit = 0;                 ///< Mbit/s; 0 = no limit
  std::size_t queue_bytes = 16u << 20;  ///< what may wait for the rate limit; more is dropped
  bool reorder = false;                 ///< jitter may let a packet overtake another
};

/// The command line of wanlink.
struct Options {
  std::string namespace_a = "wan-a";  ///< a name under /run/netns; empty = the caller's own
  std::string namespace_b = "wan-b";
  std::string device_a = "wan0";  ///< name of the TUN device on that side
  std::string device_b = "wan0";
  LinkOptions link;
  bool realtime = true;  ///< ask for SCHED_FIFO, so that a busy machine delays packets less
  std::uint64_t seed = 1;
};

inline constexpr const char* kUsage =
    "usage: wanlink [--ns-a NAME] [--ns-b NAME] [--dev NAME] [--dev-a NAME] [--dev-b NAME]\n"
    "               [--delay-ms ONEWAY] [--jitter-ms J] [--loss-pct P] [--loss-burst N]\n"
    "               [--rate-mbit R] [--queue-kib K] [--reorder] [--no-rt] [--seed S]\n"
    "An empty namespace name means the caller's own.\n";

/// Reads the arguments after the program's name. Nothing where one is unknown, lacks its value or
/// is not a number in its range.
std::optional<Options> parse_options(std::span<const char* const> arguments);

}  // namespace ccnproxy::wan
