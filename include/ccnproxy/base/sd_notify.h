#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <sys/types.h>

namespace ccnproxy {

/// Tells the service manager our state, e.g. `READY=1\nSTATUS=serving` (the NOTIFY_SOCKET protocol
/// of sd_notify(3), spoken without libsystemd). True if the message was handed over; false if
/// nobody asked to be told (NOTIFY_SOCKET unset) or it could not be sent, which is never a reason
/// to stop serving. Waits at most a second for a manager that does not read. Any thread; allocates
/// nothing.
bool sd_notify(std::string_view state) noexcept;

/// Within which time the service manager wants to hear `WATCHDOG=1` again and again, as
/// WATCHDOG_USEC and WATCHDOG_PID say (sd_watchdog_enabled(3)); a null pointer is a variable that
/// is not set. Nothing if no time is given, it can't be one, or it is meant for a process other
/// than `self`.
std::optional<std::chrono::microseconds> watchdog_timeout(const char* usec, const char* pid,
                                                          pid_t self) noexcept;
/// As this process's environment has it. Not while another thread changes the environment.
std::optional<std::chrono::microseconds> watchdog_timeout() noexcept;

}  // namespace ccnproxy
