#pragma once

#include <string_view>

namespace ccnproxy {

/// Tells the service manager our state, e.g. `READY=1\nSTATUS=serving` (the NOTIFY_SOCKET protocol
/// of sd_notify(3), spoken without libsystemd). True if the message was handed over; false if
/// nobody asked to be told (NOTIFY_SOCKET unset) or it could not be sent, which is never a reason
/// to stop serving. Waits at most a second for a manager that does not read. Any thread; allocates
/// nothing.
bool sd_notify(std::string_view state) noexcept;

}  // namespace ccnproxy
