#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/logger.h>

#include "ccnproxy/admin/source.h"
#include "ccnproxy/config/command_line.h"

#include "active_config.h"
#include "reload_plan.h"
#include "warm_start.h"
#include "worker_group.h"

namespace ccnproxy::daemon {

/// The reload of the configuration (SIGHUP). An invalid configuration, or TLS files that can't be
/// used, change nothing. Otherwise it logs what changed, key by key, and applies it: on the main
/// thread at once, in each worker between two loop iterations (Worker::adopt). Keys that need a
/// restart are logged as such and keep their values.
///
/// One at a time: a reload that is requested before the workers have switched waits, and reads the
/// file then. Tells the service manager when it begins and when all workers have switched. Lives on
/// the main thread, longer than its io_context runs.
class Reload {
 public:
  using Reread = std::function<config::Parsed()>;

  /// `status`: a line for the service manager.
  Reload(boost::asio::io_context& io, Reread reread, ActiveConfig& active_config,
         WorkerGroup& group, WarmStart& warm_start, spdlog::logger& log,
         std::function<std::string()> status);

  void begin();
  /// The outcome of the last reload; the start counts as one.
  const admin::ReloadOutcome& outcome() const noexcept { return outcome_; }
  /// Sends no more to the service manager and starts no more reloads: the process is about to end.
  void stop_telling();

 private:
  std::optional<config::Config> read();
  bool activate(const config::Config& wanted);
  void say(const ReloadPlan& plan, const WorkerConfig& worker_config);
  void split_descriptors();
  void set_log_level();
  void spread();
  void on_adopted(std::uint64_t round);
  void on_silence();
  void end(bool successful);
  /// Logs an error and adds it to the outcome.
  void add_fault(const std::string& line);
  void add_postponed(const std::string& line);

  boost::asio::io_context& io_;
  Reread reread_;
  ActiveConfig& active_config_;
  WorkerGroup& group_;
  WarmStart& warm_start_;
  spdlog::logger& log_;
  std::function<std::string()> status_;
  boost::asio::steady_timer deadline_;
  admin::ReloadOutcome outcome_;
  std::size_t missing_ = 0;  ///< workers that have not gone on in this one
  bool again_ = false;       ///< another one was asked for meanwhile
  bool telling_ = false;     ///< the service manager waits for an end
  bool may_tell_ = true;
};

}  // namespace ccnproxy::daemon
