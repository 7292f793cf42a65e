#pragma once

#include <vector>

#include "ccnproxy/config/command_line.h"

namespace ccnproxy::daemon {

/// Finds what a configuration names and this user can't use on this machine: certificates and keys,
/// the folders of logs, sockets, pid and state file. `check`, `serve` and a reload all use it, so
/// they agree. It leaves nothing open, created or changed.
///
/// For `probe` it checks only what dialing needs, for `map` and `status` nothing: users with fewer
/// rights than the daemon's may run them.
///
/// What only binding can tell (an address in use, a folder without write permission for a socket
/// that may be inherited) is not checked here: see bind_listener.
std::vector<config::Mistake> find_unusable(const config::Invocation& invocation);

}  // namespace ccnproxy::daemon
