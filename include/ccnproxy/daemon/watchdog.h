#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/logger.h>

#include "ccnproxy/daemon/roll_call.h"

namespace ccnproxy::daemon {

/// Tells the service manager that we live, as long as every worker does: at half of the manager's
/// time it sends `WATCHDOG=1` if each worker has answered what it was asked one beat before. A
/// worker that hangs ends the pings, the manager then ends the process and starts it anew. A main
/// thread that hangs ends them by itself, for this lives there.
///
/// Made and used on the main thread; must live as long as its io_context runs.
class Watchdog {
 public:
  /// Asks a worker; `answer` may come on any thread, once or never.
  using Ask = std::function<void(std::size_t member, std::function<void()> answer)>;
  /// Sends a message to the manager.
  using Tell = std::function<void(const std::string& message)>;
  /// What the manager shows to people, asked at each ping.
  using Status = std::function<std::string()>;

  Watchdog(boost::asio::io_context& io, std::size_t members, Ask ask, Tell tell, Status status,
           spdlog::logger& log);

  /// Once the workers run. `timeout` is the manager's.
  void begin(std::chrono::microseconds timeout);
  /// From now on pings without asking: while draining the workers end one after another, and what
  /// hangs then meets `timeouts.drain` and the manager's own stop timeout.
  void stop_asking() { asking_ = false; }
  /// No more pings.
  void end() { timer_.cancel(); }

 private:
  void beat();
  void ask_all();
  void complain(const std::vector<std::size_t>& silent);
  void wait();

  boost::asio::io_context& io_;
  RollCall roll_;
  Ask ask_;
  Tell tell_;
  Status status_;
  spdlog::logger& log_;
  boost::asio::steady_timer timer_;
  std::chrono::microseconds interval_{0};
  bool asking_ = true;
};

}  // namespace ccnproxy::daemon
