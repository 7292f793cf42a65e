#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <spdlog/logger.h>

#include "active_config.h"
#include "child_process.h"
#include "warm_start.h"
#include "worker_group.h"

namespace ccnproxy::daemon {

/// The hot restart (SIGUSR2), seen from the old process: starts the next process of this program,
/// which takes the listening sockets and makes ready what is ready here; then this one may drain.
/// If anything fails before that, this process keeps serving.
///
/// Lives on the main thread, longer than its io_context runs.
class HotRestart {
 public:
  HotRestart(boost::asio::io_context& io, const ActiveConfig& active_config, WorkerGroup& group,
             WarmStart& warm_start, spdlog::logger& log);

  /// `listening`: the listening sockets to pass on. `on_ready` is called once the new process is
  /// ready.
  void begin(const std::vector<int>& listening, std::function<void()> on_ready);
  /// Whether the new process has taken over.
  bool is_done() const noexcept { return child_.is_ready(); }

 private:
  void start(const std::vector<int>& listening, const std::string& state,
             std::function<void()> on_ready);
  void on_outcome(const ChildProcess::Outcome& outcome, const std::function<void()>& on_ready);

  const ActiveConfig& active_config_;
  WorkerGroup& group_;
  WarmStart& warm_start_;
  spdlog::logger& log_;
  ChildProcess child_;
};

}  // namespace ccnproxy::daemon
