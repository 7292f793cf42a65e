#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/logger.h>

#include "pending_replies.h"

namespace ccnproxy::daemon {

/// The service manager's watchdog: at half of the manager's interval it sends `WATCHDOG=1` if each
/// worker has answered the question of the beat before. A hung worker stops the pings; the manager
/// then ends the process and restarts it. A hung main thread stops them too, because this runs on
/// it.
///
/// Created and used on the main thread; must live as long as its io_context runs.
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
  /// Stops asking the workers and keeps pinging: during a drain the workers end one after another,
  /// and `timeouts.drain` and the manager's stop timeout limit what hangs.
  void stop_asking() { asking_ = false; }
  /// No more pings.
  void end() { timer_.cancel(); }

 private:
  void beat();
  void ask_all();
  void complain(const std::vector<std::size_t>& silent);
  void wait();

  boost::asio::io_context& io_;
  PendingReplies pending_;
  Ask ask_;
  Tell tell_;
  Status status_;
  spdlog::logger& log_;
  boost::asio::steady_timer timer_;
  std::chrono::microseconds interval_{0};
  bool asking_ = true;
};

}  // namespace ccnproxy::daemon
