#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <sys/types.h>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy::daemon {

/// The next process of this program on the same listening sockets (SIGUSR2): the binary that stands
/// where ours stood when we began, with our arguments. It gets the sockets as from Server::Starter,
/// what the pools know through a descriptor, and a pipe by which it says that it is ready. Until
/// then nothing changes here; if it ends or takes too long, it has not been.
///
/// Lives on the main thread, longer than its io_context runs.
class Successor {
 public:
  /// The path of our binary is looked up now: a package may replace the file later.
  explicit Successor(boost::asio::io_context& io);
  ~Successor();
  Successor(const Successor&) = delete;
  Successor& operator=(const Successor&) = delete;

  struct Outcome {
    pid_t pid = -1;     ///< of the process that is ready
    std::string fault;  ///< else why there is none
  };
  /// `listening`: descriptors of ours that it is to have. `state`: as in a state file. Calls
  /// `on_outcome` once, later. One at a time: false if one is under way. Throws std::system_error
  /// if no process can be started. Other threads must not close descriptors meanwhile that they
  /// rely on being closed (Standstill).
  bool start(const std::vector<int>& listening, const std::string& state,
             std::chrono::seconds patience, std::function<void(Outcome)> on_outcome);
  /// The service is another process's now.
  bool is_ready() const noexcept;

 private:
  struct Wait;
  boost::asio::io_context& io_;
  std::string binary_;
  std::vector<std::string> arguments_;
  std::shared_ptr<Wait> wait_;  ///< shared with its handlers
};

/// What a predecessor left for this process; taken out of the environment. Not while other threads
/// read that.
struct Predecessor {
  UniqueFd ready;          ///< to be told through, once
  std::string state_path;  ///< of a state file, or empty
  UniqueFd state;          ///< what that path refers to

  static Predecessor from_environment();
  /// We serve: it may go.
  void tell_ready();
};

}  // namespace ccnproxy::daemon
