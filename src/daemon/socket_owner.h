#pragma once

#include <string>

#include <sys/types.h>

#include "ccnproxy/net/ip_address.h"

namespace ccnproxy::daemon {

/// "process 42 (nginx)": the one that listens there, or so that nothing else can. Empty where /proc
/// does not show it: without privileges it shows processes of the same user only.
std::string listener_at(const Endpoint& address);

/// "process 42 (nginx)"; empty for 0.
std::string process_name(pid_t pid);

}  // namespace ccnproxy::daemon
