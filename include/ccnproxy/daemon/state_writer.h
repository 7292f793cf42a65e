#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>

namespace ccnproxy::daemon {

/// Thread that writes the state file: an fsync() may take seconds, which the main thread, with the
/// watchdog and the health checks, has not. Begins with the first file to write. One text is being
/// written and one waits at most; a later text takes the place of that one, whose `done` is not
/// called.
///
/// The end waits for what is still to be written, but no longer than some seconds: a disk that
/// hangs is left behind with the thread.
class StateWriter {
 public:
  /// Called on the io_context's thread, with what went wrong or nothing.
  using Done = std::function<void(std::optional<std::string> fault)>;
  using Write =
      std::function<std::optional<std::string>(const std::string& path, const std::string& text)>;

  /// `write`: write_state_file(), or a test's.
  StateWriter(boost::asio::io_context& io, Write write);
  ~StateWriter();
  StateWriter(const StateWriter&) = delete;
  StateWriter& operator=(const StateWriter&) = delete;

  void write(std::string path, std::string text, Done done);

 private:
  struct State;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace ccnproxy::daemon
