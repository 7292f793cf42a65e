#pragma once

#include <functional>

#include "ccnproxy/config/command_line.h"

namespace ccnproxy::daemon {

/// The whole program in the foreground: binds, starts the workers, tells the service manager, and
/// waits for signals on the calling thread. SIGTERM and SIGINT drain (at most timeouts.drain), a
/// second one ends at once, SIGUSR1 opens the logs anew, SIGHUP reads the configuration again (by
/// `reread`) and puts it in force, see Reload, SIGUSR2 hands over to the next process.
///
/// Returns the exit code: 0 after an ordered end, 1 if what the configuration names can't be used
/// (an address in use, a certificate that can't be read), after saying so on stderr.
int serve(config::Invocation invocation, std::function<config::Parsed()> reread);

}  // namespace ccnproxy::daemon
