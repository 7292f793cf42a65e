#pragma once

#include <string>

#include <sys/types.h>

#include "ccnproxy/admin/source.h"

namespace ccnproxy::admin {

/// What `/reload` answers: one JSON object in a line. By `pid` and `reloads` a client that
/// has sent SIGHUP knows which outcome is that of its own.
std::string reload_json(pid_t process, const ReloadOutcome& outcome);

}  // namespace ccnproxy::admin
