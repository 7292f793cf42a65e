#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/logger.h>

#include "ccnproxy/pool/origin_snapshot.h"

#include "active_config.h"
#include "state_writer.h"
#include "worker_group.h"

namespace ccnproxy::daemon {

/// The warm start of the pools: makes the workers open connections to the origins that `pool.warm`,
/// `upstream` and `pool.state_file` name, reports when they are ready or the time is up, and keeps
/// the state file up to date. One worker opens the connections of an origin; the other workers
/// migrate their clients to it until they have enough of their own.
///
/// Lives on the main thread, longer than its io_context runs.
class WarmStart {
 public:
  WarmStart(boost::asio::io_context& io, const ActiveConfig& active_config, WorkerGroup& group,
            spdlog::logger& log);

  /// Once the workers run. `on_ready` is called once: when all is ready, or after so long as one
  /// connection may take, then with a warning that names what is missing. `state` is a file to
  /// remember from instead of `pool.state_file`; empty = that one.
  void begin(const std::string& state, std::function<void()> on_ready);
  /// What the pools know, as in a state file; `done` is not called if a worker has ended.
  void collect(std::function<void(std::string)> done);
  /// Writes the state file a last time, if the workers answer; then calls `done`, or after some
  /// seconds if the disk takes longer. No more is written afterwards.
  void finish(std::function<void()> done);

  /// `pool.state_file` may be another one now.
  void follow_state_file();

  bool is_ready() const noexcept { return ready_; }
  /// What is waited for, for people.
  const std::string& waiting_for() const noexcept { return waiting_for_; }

 private:
  void distribute(const std::string& state);
  void look();
  void on_looked(std::size_t missing, const std::string& origins);
  void be_ready();
  void save_later();
  void save(std::function<void()> done);
  void write(std::string text, std::function<void()> done);
  void on_written(const std::string& file, const std::optional<std::string>& fault);

  boost::asio::io_context& io_;
  const ActiveConfig& active_config_;
  WorkerGroup& group_;
  spdlog::logger& log_;
  boost::asio::steady_timer look_timer_;
  boost::asio::steady_timer save_timer_;  ///< while finishing: the patience with the disk
  std::function<void()> on_ready_;
  std::chrono::steady_clock::time_point deadline_;
  std::string waiting_for_ = "starting";
  std::string last_given_;  ///< to the writer; empty after it failed
  std::string state_file_;  ///< that is written regularly
  bool write_failed_ = false;
  bool ready_ = false;
  bool finishing_ = false;
  StateWriter writer_;
};

}  // namespace ccnproxy::daemon
