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

/// What the command line asks for. Flags have been laid over the file, the file over the defaults.
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
  std::optional<int> process;     ///< of `reload`: the daemon's process id
};

/// Precise exit codes (INTERFACE.md §3).
enum ExitCode : int {
  exit_ok = 0,
  exit_configuration = 1,
  exit_failure =
      1,  ///< `probe`, `status`: nothing was reached; `map`: refused; `reload`: not in force
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
  /// Of `reload --pid` with a configuration that can't be used: the daemon that is to find that,
  /// too, so that its log and its metrics say so.
  std::optional<int> process = {};
};

/// What stands around a command line.
struct Surroundings {
  /// Read by the tools where no `-f` is given; it need not be there. `serve` does not read it: what
  /// was started by flags alone must not change with a file that appears. Empty: none.
  std::string usual_file = {};
  /// What keeps a configuration that is right in itself from being used here; empty if nothing.
  std::function<std::vector<Mistake>(const Invocation&)> vet = {};
};

/// Reads the command line (CLI11) and the configuration file. `errors` of an invocation that can be
/// carried out are remarks: which file was read, where the command line does not say.
Parsed parse_command_line(int argc, const char* const* argv, const Surroundings& surroundings = {});

}  // namespace ccnproxy::config
