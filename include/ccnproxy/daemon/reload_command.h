#pragma once

#include <iosfwd>
#include <optional>

#include <sys/types.h>

#include "ccnproxy/config/config.h"

namespace ccnproxy::daemon {

/// `ccnproxy reload`: sends SIGHUP to the running daemon of this configuration and waits, at most
/// half a minute, until its admin endpoint says whether the configuration is in force, which goes
/// to `out`; what is wrong, line by line, to `errors`. Returns the exit code.
///
/// The daemon is `process` if that is given, else the process that has the admin endpoint, else
/// that of `pid_file`. Without an endpoint, or with one of a version that doesn't tell, the signal
/// is all that can be done: that is said, and the code is 0.
int ask_to_reload(const config::Config& config, std::optional<pid_t> process, std::ostream& out,
                  std::ostream& errors);

}  // namespace ccnproxy::daemon
