#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ccnproxy/config/config.h"

namespace ccnproxy::config {

enum class Command : std::uint8_t { serve, check, map, probe, status };

/// What the command line asks for. Flags have been laid over the file, the file over the defaults.
struct Invocation {
  Command command = Command::serve;
  Config config;
  std::string config_file;        ///< empty: none was given
  std::vector<std::string> urls;  ///< of `map`, and the one of `probe`
  bool json = false;              ///< of `check`, `map`, `probe` and `status`
  std::uint32_t attempts = 3;     ///< of `probe`: connections, one after the other
  bool watch = false;             ///< of `status`
};

/// Precise exit codes (INTERFACE.md §3).
enum ExitCode : int {
  exit_ok = 0,
  exit_configuration = 1,
  exit_failure = 1,  ///< `probe` and `status`: the origin or the daemon could not be reached
  exit_usage = 2,
  exit_internal = 70,
};

/// Either an invocation to carry out, or the exit code after which nothing is left to do (--help,
/// --version, mistakes): then `output` belongs on stdout and `errors` on stderr.
struct Parsed {
  std::optional<Invocation> invocation;
  int exit_code = exit_ok;
  std::string output;
  std::string errors;
};

/// Reads the command line (CLI11) and the configuration file it names.
Parsed parse_command_line(int argc, const char* const* argv);

}  // namespace ccnproxy::config
