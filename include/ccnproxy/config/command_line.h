#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "ccnproxy/config/config.h"
#include "ccnproxy/config/key_places.h"
#include "ccnproxy/config/loader.h"

namespace ccnproxy::config {

enum class Command : std::uint8_t { serve, check, map, probe, status, reload };

/// The parsed command line. Flags override the file, the file overrides the defaults.
struct Invocation {
  Command command = Command::serve;
  Config config;
  std::string config_file;        ///< empty: none was read
  KeyPlaces places;               ///< where the file and the flags give the keys
  std::vector<Mistake> warnings;  ///< of that file
  std::vector<std::string> urls;  ///< of `map`, and the one of `probe`
  bool json = false;              ///< of `check`, `map`, `probe` and `status`
  std::uint32_t attempts = 3;     ///< of `probe`: connections, one after the other
  bool watch = false;             ///< of `status`
  std::string fail_on;            ///< of `status`: a state of an origin; empty: none
  std::optional<int> process;     ///< of `reload`: the daemon's process id
};

/// The exit codes, also in ccnproxy(1).
enum ExitCode : int {
  exit_ok = 0,
  exit_configuration = 1,
  exit_failure =
      1,  ///< `probe`, `status`: nothing was reached; `map`: refused; `reload`: not in force
  exit_usage = 2,
  exit_internal = 70,
};

/// An invocation to run, or the exit code if nothing is left to do (--help, --version, errors):
/// then `output` belongs on stdout and `errors` on stderr.
struct Parsed {
  std::optional<Invocation> invocation;
  int exit_code = exit_ok;
  std::string output;
  std::string errors;
  /// Of `reload --pid` with an invalid configuration: the daemon to signal nevertheless, so that
  /// its log and its metrics report the error, too.
  std::optional<int> process = {};
};

/// The environment of a command line.
struct Environment {
  /// The file that the tools read without `-f`, if it exists. `serve` does not read it: a daemon
  /// started with flags alone must not change when a file appears. Empty: none.
  std::string usual_file = {};
  /// Checks whether a valid configuration can be used here; returns what can't be used.
  std::function<std::vector<Mistake>(const Invocation&)> vet = {};
};

/// Parses the command line (CLI11) and the configuration file. If there is an invocation, `errors`
/// are remarks, such as which file was read.
Parsed parse_command_line(int argc, const char* const* argv, const Environment& environment = {});

}  // namespace ccnproxy::config
