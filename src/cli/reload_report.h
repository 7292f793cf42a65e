#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace ccnproxy::cli {

/// The last reload of a running daemon, as `/reload` of its admin endpoint reports it.
struct ReloadReport {
  pid_t process = 0;
  std::uint64_t reloads = 0;  ///< since its start
  bool running = false;       ///< the last of them has no outcome yet
  bool ending = false;        ///< it begins none any more
  bool successful = false;
  std::vector<std::string> faults = {};     ///< why the last one failed
  std::vector<std::string> postponed = {};  ///< keys that hold from the next start on
};

/// Nothing if it is not what `/reload` answers.
std::optional<ReloadReport> parse_reload_report(std::string_view json);

enum class ReloadState : std::uint8_t { waiting, in_force, refused, ending };

/// The state of a reload that was requested after the daemon had reported `before`, judged by its
/// report now. A reload that had begun before may have read the old file. A report of another
/// process (the child of a hot restart has the same endpoint) does not count.
ReloadState judge_reload(const ReloadReport& before, const ReloadReport& now);

}  // namespace ccnproxy::cli
