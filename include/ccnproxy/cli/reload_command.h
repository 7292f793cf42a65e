#pragma once

#include <iosfwd>
#include <optional>

#include <sys/types.h>

#include "ccnproxy/config/config.h"

namespace ccnproxy::cli {

/// Runs `ccnproxy reload`: sends SIGHUP to the running daemon of this configuration and waits, for
/// at most half a minute, until its admin endpoint reports the outcome. Prints the result to `out`,
/// errors line by line to `errors`. Returns the exit code.
///
/// The daemon is `process` if given, else the process that has the admin endpoint, else that of
/// `pid_file`. Without an endpoint, or with one of a version that does not report reloads, it only
/// sends the signal, says so, and returns 0.
int ask_to_reload(const config::Config& config, std::optional<pid_t> process, std::ostream& out,
                  std::ostream& errors);

}  // namespace ccnproxy::cli
