#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <sys/types.h>

#include "ccnproxy/base/unique_fd.h"

namespace ccnproxy::daemon {

/// The child process of a hot restart (SIGUSR2): the binary at the path that ours was started from,
/// with our arguments. It gets the listening sockets as from Server::Starter, the pools' state
/// through a descriptor, and a pipe to report that it is ready. Until then this process changes
/// nothing; if the child ends or takes too long, the hot restart has failed.
///
/// Lives on the main thread, longer than its io_context runs.
class ChildProcess {
 public:
  /// Resolves the path of our binary now: a package may replace the file later.
  explicit ChildProcess(boost::asio::io_context& io);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  struct Outcome {
    pid_t pid = -1;     ///< of the process that is ready
    std::string fault;  ///< else why there is none
  };
  /// Starts the child. `listening`: the descriptors to pass on. `state`: as in a state file. Calls
  /// `on_outcome` once, later. Returns false if a start is under way. Throws std::system_error if
  /// no process can be started. Meanwhile other threads must not close descriptors and rely on the
  /// close (WorkerBarrier).
  bool start(const std::vector<int>& listening, const std::string& state,
             std::chrono::seconds patience, std::function<void(Outcome)> on_outcome);
  /// Whether the child is ready and has taken over.
  bool is_ready() const noexcept { return state_ == State::ready; }

 private:
  enum class State : std::uint8_t { idle, starting, ready };
  boost::asio::awaitable<Outcome> outcome(boost::asio::posix::stream_descriptor pipe,
                                          std::chrono::seconds patience);
  void reap() const;

  boost::asio::io_context& io_;
  std::string binary_;
  std::vector<std::string> arguments_;
  State state_ = State::idle;  ///< of the process that was started last
  pid_t pid_ = -1;             ///< its
};

/// The parent process of a hot restart, seen from the child: what it passed on, taken out of the
/// environment. Do not call while other threads read the environment.
struct ParentProcess {
  UniqueFd ready;          ///< to be told through, once
  std::string state_path;  ///< of a state file, or empty
  UniqueFd state;          ///< what that path refers to

  static ParentProcess from_environment();
  /// Tells the parent that this process serves, so that the parent can drain.
  void tell_ready();
};

}  // namespace ccnproxy::daemon
