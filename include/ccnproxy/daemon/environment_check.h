#pragma once

#include <vector>

#include "ccnproxy/config/command_line.h"

namespace ccnproxy::daemon {

/// What a configuration names and this machine does not have, or not so that this user could use
/// it: certificates and keys, the folders of logs, sockets, pid and state file. `check`, `serve`
/// and a reload all ask it, so that they agree; nothing is left open, made or changed.
///
/// Of `probe` only what it dials with is asked for, and of `map` and `status` nothing: they may be
/// run by users that can read less than the daemon's.
///
/// What only binding can tell (an address in use, a folder that sockets can't be made in while
/// they may be inherited) is not here: see bind_listener.
std::vector<config::Mistake> find_unusable(const config::Invocation& invocation);

}  // namespace ccnproxy::daemon
