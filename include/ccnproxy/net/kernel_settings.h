#pragma once

#include <optional>
#include <string>

namespace ccnproxy {

inline constexpr const char* slow_start_setting = "/proc/sys/net/ipv4/tcp_slow_start_after_idle";

/// Whether the kernel resets a connection's congestion window after idle time (F015): then a
/// connection that was kept ready is warm for small requests only. No value if it can't be read.
/// `path` is another file in tests.
std::optional<bool> slow_start_after_idle(const std::string& path = slow_start_setting);

}  // namespace ccnproxy
