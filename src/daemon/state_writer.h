#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>

namespace ccnproxy::daemon {

/// The thread that writes the state file: an fsync() may take seconds, too long for the main thread
/// with its watchdog and health checks. It starts with the first write. At most one text is being
/// written and one waits; a later text replaces the waiting one, and `done` of the replaced text is
/// not called.
///
/// The destructor waits some seconds for pending writes; if the disk hangs longer, it abandons the
/// thread.
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
