#pragma once

#include <functional>

#include "ccnproxy/config/command_line.h"

namespace ccnproxy::daemon {

/// Runs the daemon in the foreground: binds, starts the workers, notifies the service manager, and
/// waits for signals on the calling thread. SIGTERM and SIGINT drain (for at most timeouts.drain);
/// a second one ends at once. SIGUSR1 reopens the logs. SIGHUP reads the configuration again (by
/// `reread`) and applies it, see Reload. SIGUSR2 starts a hot restart.
///
/// Returns the exit code: 0 after an orderly end; 1 if the configuration names something unusable
/// (an address in use, a certificate that can't be read), after an error on stderr.
int serve(config::Invocation invocation, std::function<config::Parsed()> reread);

}  // namespace ccnproxy::daemon
