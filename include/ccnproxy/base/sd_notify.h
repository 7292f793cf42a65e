#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <sys/types.h>

namespace ccnproxy {

/// Sends a state to the service manager, e.g. `READY=1\nSTATUS=serving`: the NOTIFY_SOCKET protocol
/// of sd_notify(3), without libsystemd. Returns true if the message was sent. False if
/// NOTIFY_SOCKET is unset or sending failed, which is never a reason to stop serving. Waits at most
/// a second for a manager that does not read. Any thread; allocates nothing.
bool sd_notify(std::string_view state) noexcept;

/// The interval within which the service manager expects `WATCHDOG=1`, from WATCHDOG_USEC and
/// WATCHDOG_PID (sd_watchdog_enabled(3)); a null pointer is a variable that is not set. No value if
/// no interval is given, it is invalid, or it is meant for a process other than `self`.
std::optional<std::chrono::microseconds> watchdog_timeout(const char* usec, const char* pid,
                                                          pid_t self) noexcept;
/// The interval in this process's environment. Do not call while another thread changes the
/// environment.
std::optional<std::chrono::microseconds> watchdog_timeout() noexcept;

}  // namespace ccnproxy
