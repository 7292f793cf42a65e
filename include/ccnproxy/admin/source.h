#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "ccnproxy/admin/worker_report.h"
#include "ccnproxy/config/config.h"

namespace ccnproxy::admin {

/// Whether this process should get traffic.
struct Readiness {
  bool ready = true;
  std::string reason;  ///< why not, a few words for a person
};

/// The outcome of the last reload; the start counts as a success.
struct ReloadOutcome {
  bool successful = true;
  std::chrono::system_clock::time_point last_success = {};
  std::uint64_t begun = 0;                  ///< reloads since the start
  bool running = false;                     ///< the last of them has no outcome yet
  bool ending = false;                      ///< none begins any more: the process is about to end
  std::vector<std::string> faults = {};     ///< why the last one failed, as in the log
  std::vector<std::string> postponed = {};  ///< what of the last one holds from the next start on
};

/// The admin endpoint's data source. Used on the main thread only.
class Source {
 public:
  virtual ~Source() = default;

  /// The active configuration; valid until the next call.
  virtual const config::Config& config() const = 0;
  virtual std::size_t workers() const = 0;
  /// Asks one worker for its report. `answer` is called at most once, on the main thread, at once
  /// or later; never, if the worker is stuck or has ended.
  virtual void ask(std::size_t worker, std::function<void(WorkerReport)> answer) = 0;
  virtual Readiness readiness() const = 0;
  /// The limit of client connections of all workers.
  virtual std::size_t client_limit() const = 0;
  /// Records that the access log lost so far.
  virtual std::uint64_t access_log_dropped() const = 0;
  virtual ReloadOutcome reload_outcome() const = 0;
  /// Of the daemon's own log, in the words of `log.level`.
  virtual std::string log_level() const = 0;
  /// False for another word. Holds until the configuration is read again.
  virtual bool set_log_level(const std::string& level) = 0;
};

}  // namespace ccnproxy::admin
