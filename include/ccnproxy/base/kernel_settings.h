#pragma once

#include <optional>
#include <string>

namespace ccnproxy {

inline constexpr const char* slow_start_setting = "/proc/sys/net/ipv4/tcp_slow_start_after_idle";

/// Whether the kernel takes a connection's congestion window away after idle time (F015): then a
/// connection that was kept ready is warm for small requests only. Nothing where it can't be known.
/// `path` is another one for tests.
std::optional<bool> slow_start_after_idle(const std::string& path = slow_start_setting);

}  // namespace ccnproxy
