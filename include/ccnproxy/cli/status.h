#pragma once

#include <iosfwd>
#include <string>

#include "ccnproxy/config/config.h"

namespace ccnproxy::cli {

struct StatusOptions {
  bool watch = false;     ///< again each second until SIGINT or SIGTERM
  bool json = false;      ///< what the daemon said, as it is
  bool terminal = false;  ///< `out` is standard output and one: each time is drawn over the last
  bool colour = false;    ///< see wants_colour()
  /// Exit code 1 if an origin is in this state or a worse one (has_problem()); empty: never.
  std::string fail_on = {};
};

/// Runs `ccnproxy status`: asks the running daemon of this configuration for its pools, by its
/// admin endpoint, and prints them to `out`, errors to `errors`. Returns the exit code. With
/// `watch`, a daemon that answered once may disappear and come back.
int show_status(const config::Config& config, const StatusOptions& options, std::ostream& out,
                std::ostream& errors);

}  // namespace ccnproxy::cli
