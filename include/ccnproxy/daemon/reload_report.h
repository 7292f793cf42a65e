#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace ccnproxy::daemon {

/// What a running daemon says of its last reload, by `/reload` of its admin endpoint.
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

/// What has become of a reload that was asked for after the daemon had said `before`, by what it
/// says now. One that had begun before may have read the file as it was; what another process says
/// (a successor has the same endpoint) is not about it.
ReloadState judge_reload(const ReloadReport& before, const ReloadReport& now);

}  // namespace ccnproxy::daemon
