#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <spdlog/logger.h>

#include "ccnproxy/daemon/in_force.h"
#include "ccnproxy/daemon/successor.h"
#include "ccnproxy/daemon/warm_start.h"
#include "ccnproxy/daemon/worker_group.h"

namespace ccnproxy::daemon {

/// Hands the service over to the next process of this program (SIGUSR2): that one takes the
/// listening sockets and makes ready what is ready here; then this one may drain. Whatever goes
/// wrong before that, this one serves on.
///
/// Lives on the main thread, longer than its io_context runs.
class HandOver {
 public:
  HandOver(boost::asio::io_context& io, const InForce& in_force, WorkerGroup& group,
           WarmStart& warm_start, spdlog::logger& log);

  /// `listening`: sockets of ours that the next process is to have. `on_ready` is called if it is.
  void begin(const std::vector<int>& listening, std::function<void()> on_ready);
  /// The service is another process's now.
  bool is_done() const noexcept { return successor_.is_ready(); }

 private:
  void start(const std::vector<int>& listening, const std::string& state,
             std::function<void()> on_ready);
  void on_outcome(const Successor::Outcome& outcome, const std::function<void()>& on_ready);

  const InForce& in_force_;
  WorkerGroup& group_;
  WarmStart& warm_start_;
  spdlog::logger& log_;
  Successor successor_;
};

}  // namespace ccnproxy::daemon
